using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Bundles;

namespace Sluice.Gateway.Management;

/// <summary>Proxies and shared flows with their revisions: import, list, read, download, delete (contract gateway.md 3.7).</summary>
internal sealed class RevisionRoutes(BundleKind kind)
{
    private readonly string _base = kind == BundleKind.Proxy ? "/apis" : "/sharedflows";

    internal void Map(IEndpointRouteBuilder organization)
    {
        organization.On("GET", _base, ListAsync);
        organization.On("POST", _base, ImportAsync);
        organization.On("GET", _base + "/{name}", GetAsync);
        organization.On("DELETE", _base + "/{name}", DeleteAsync);
        organization.On("GET", _base + "/{name}/revisions", RevisionsAsync);
        organization.On("GET", _base + "/{name}/revisions/{revision}", RevisionAsync);
        organization.On("DELETE", _base + "/{name}/revisions/{revision}", DeleteRevisionAsync);
    }

    private async Task<IResult> ListAsync(ManagementCall call)
    {
        var rows = await call.Gateway.Bundles.ListAsync(kind, null, call.Cancellation);
        if (!call.Flag("includeRevisions") && !call.Flag("includeMetaData"))
            return ManagementAnswers.Names(rows.Select(row => row.Name).Distinct(StringComparer.Ordinal));
        return ManagementAnswers.Ok(new JsonObject
        {
            [kind == BundleKind.Proxy ? "proxies" : "sharedFlows"] = new JsonArray([.. rows.GroupBy(row => row.Name).Select(group => (JsonNode)new JsonObject
            {
                ["name"] = group.Key,
                ["revision"] = Revisions(group),
                ["latestRevisionId"] = Text(group.Max(row => row.Revision)),
            })]),
        });
    }

    private async Task<IResult> ImportAsync(ManagementCall call)
    {
        var action = call.Query("action") ?? "import";
        if (action is not ("import" or "validate"))
            return ManagementAnswers.Bad($"action is '{action}'; it is import or validate");
        if (await ReadArchiveAsync(call) is not { } zip)
            return ManagementAnswers.Bad($"The body is to be an archive of at most {BundleFiles.MaxZipBytes} bytes: application/octet-stream, or multipart/form-data with a file");
        var faults = new BundleFaults();
        var files = BundleFiles.FromZip(zip, faults);
        var bundle = files is null ? null : BundleReader.Read(files, call.Query("name"), faults);
        if (bundle is not null && bundle.IsSharedFlow != (kind == BundleKind.SharedFlow))
            faults.Add("InvalidBundle", bundle.IsSharedFlow ? "The archive holds a shared flow; import it under /sharedflows" : "The archive holds a proxy; import it under /apis", new SourceSpot(files!.Root, 0, 0));
        var validates = action == "validate" || call.Flag("validate");
        if (bundle is not null && !faults.Any && validates)
            faults = call.Gateway.Environments[0].Check(new StoredBundle(kind, bundle.Name, 1, zip));
        if (faults.Any)
            return ManagementAnswers.Refuse(400, faults.Faults[0].Name, $"The bundle is not valid: {faults.Faults[0]}", faults.Faults);
        if (action == "validate")
            return ManagementAnswers.Ok(new JsonObject { ["name"] = bundle!.Name, ["warnings"] = ManagementAnswers.Faults(faults.Warnings) });
        var row = await call.Gateway.Bundles.AddAsync(bundle!, zip, call.By, call.Cancellation);
        return ManagementAnswers.Json(201, Describe(row, bundle!));
    }

    private async Task<IResult> GetAsync(ManagementCall call)
    {
        var rows = await call.Gateway.Bundles.ListAsync(kind, call.Path("name"), call.Cancellation);
        return rows.Count == 0 ? ManagementAnswers.NoApplication(call.Path("name")) : ManagementAnswers.Ok(new JsonObject
        {
            ["name"] = rows[0].Name,
            ["revision"] = Revisions(rows),
            ["latestRevisionId"] = Text(rows[^1].Revision),
            ["metaData"] = new JsonObject
            {
                ["createdAt"] = rows[0].CreatedMs,
                ["createdBy"] = rows[0].CreatedBy,
                ["lastModifiedAt"] = rows[^1].CreatedMs,
                ["lastModifiedBy"] = rows[^1].CreatedBy,
            },
        });
    }

    private async Task<IResult> RevisionsAsync(ManagementCall call)
    {
        var rows = await call.Gateway.Bundles.ListAsync(kind, call.Path("name"), call.Cancellation);
        return rows.Count == 0 ? ManagementAnswers.NoApplication(call.Path("name")) : ManagementAnswers.Ok(Revisions(rows));
    }

    private async Task<IResult> RevisionAsync(ManagementCall call)
    {
        var (name, wanted) = (call.Path("name"), call.Path("revision"));
        if (!ManagementCall.TryRevision(wanted, out var revision) || await call.Gateway.Bundles.FindAsync(kind, name, revision, call.Cancellation) is not { } stored)
            return ManagementAnswers.NoRevision(name, wanted);
        if (call.Query("format") == "bundle")
            return Results.Bytes(stored.Zip, "application/zip", $"{name}_rev{revision}.zip");
        var rows = await call.Gateway.Bundles.ListAsync(kind, name, call.Cancellation);
        var bundle = BundleReader.Read(BundleFiles.FromZip(stored.Zip, new BundleFaults())!, name, new BundleFaults())!;
        return ManagementAnswers.Ok(Describe(rows.First(row => row.Revision == revision), bundle));
    }

    private async Task<IResult> DeleteRevisionAsync(ManagementCall call)
    {
        var (name, wanted) = (call.Path("name"), call.Path("revision"));
        if (!ManagementCall.TryRevision(wanted, out var revision))
            return ManagementAnswers.NoRevision(name, wanted);
        if (await FindDeployedAsync(call, name, revision) is { } where)
            return ManagementAnswers.Refuse(400, "distribution.RevisionDeployed", $"Revision {revision} of {name} is deployed to {where}; undeploy it first");
        return await call.Gateway.Bundles.RemoveAsync(kind, name, revision, call.Cancellation) == 0
            ? ManagementAnswers.NoRevision(name, wanted)
            : ManagementAnswers.Ok(new JsonObject { ["name"] = name, ["revision"] = Text(revision) });
    }

    private async Task<IResult> DeleteAsync(ManagementCall call)
    {
        var name = call.Path("name");
        if (await FindDeployedAsync(call, name, null) is { } where)
            return ManagementAnswers.Refuse(400, "distribution.RevisionDeployed", $"{name} is deployed to {where}; undeploy it first");
        return await call.Gateway.Bundles.RemoveAsync(kind, name, null, call.Cancellation) == 0
            ? ManagementAnswers.NoApplication(name)
            : ManagementAnswers.Ok(new JsonObject { ["name"] = name });
    }

    private async Task<string?> FindDeployedAsync(ManagementCall call, string name, int? revision)
    {
        foreach (var environment in call.Gateway.Environments)
        {
            if (await environment.Deployments.FindAsync(kind, name, call.Cancellation) is { } row && (revision is null || row.Revision == revision))
                return environment.Name.Value;
        }
        return null;
    }

    private static async Task<byte[]?> ReadArchiveAsync(ManagementCall call)
    {
        var request = call.Http.Request;
        if (call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = BundleFiles.MaxZipBytes + (64 << 10); // the parts around the file
        try
        {
            if (!request.HasFormContentType)
                return await ReadAsync(request.Body, call.Cancellation);
            var form = await request.ReadFormAsync(call.Cancellation);
            if (form.Files.Count == 0)
                return null;
            await using var file = form.Files[0].OpenReadStream();
            return await ReadAsync(file, call.Cancellation);
        }
        catch (Exception fault) when (fault is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }

    private static async Task<byte[]?> ReadAsync(Stream source, CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = await source.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (bytes.Length + read > BundleFiles.MaxZipBytes)
                return null;
            bytes.Write(buffer, 0, read);
        }
        return bytes.Length == 0 ? null : bytes.ToArray();
    }

    private static JsonObject Describe(RevisionRow row, ProxyBundle bundle) => new()
    {
        ["name"] = row.Name,
        ["revision"] = Text(row.Revision),
        ["displayName"] = row.DisplayName,
        ["description"] = row.Description,
        ["type"] = "Application",
        ["createdAt"] = row.CreatedMs,
        ["createdBy"] = row.CreatedBy,
        ["lastModifiedAt"] = row.CreatedMs,
        ["lastModifiedBy"] = row.CreatedBy,
        ["basepaths"] = List(bundle.ProxyEndpoints.Select(one => one.Xml.Child("HTTPProxyConnection")?.ChildText("BasePath") ?? "/")),
        ["policies"] = List(bundle.Policies.Keys),
        ["proxyEndpoints"] = List(bundle.ProxyEndpoints.Select(one => one.Name)),
        ["proxies"] = List(bundle.ProxyEndpoints.Select(one => one.Name)),
        ["targetEndpoints"] = List(bundle.TargetEndpoints.Select(one => one.Name)),
        ["targets"] = List(bundle.TargetEndpoints.Select(one => one.Name)),
        ["sharedFlows"] = List(bundle.SharedFlows.Select(one => one.Name)),
        ["resources"] = List(bundle.Resources.Keys),
    };

    private static JsonArray Revisions(IEnumerable<RevisionRow> rows) => List(rows.Select(row => Text(row.Revision)));

    private static JsonArray List(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
