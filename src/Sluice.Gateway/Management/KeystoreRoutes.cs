using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Keystores;

namespace Sluice.Gateway.Management;

/// <summary>Keystores of an environment and their aliases (contract gateway.md 3.3, 3.7). Certificates can be read again; no answer ever holds a key.</summary>
internal static class KeystoreRoutes
{
    private const int MostKeystores = 100;
    private const int MostAliases = 50;

    // Beyond this the server puts parts of a form on disk, in clear; a key must not go there.
    private const int MaxUploadBytes = 48 << 10;

    private const string Kind = EnvironmentEntities.KeystoreKind;
    private const string AliasKind = EnvironmentEntities.AliasKind;

    internal static void Map(IEndpointRouteBuilder environment)
    {
        environment.On("GET", "/keystores", call => EntityRoutes.InEnvironmentAsync(call, ListAsync));
        environment.On("POST", "/keystores", call => EntityRoutes.InEnvironmentAsync(call, CreateAsync));
        environment.On("GET", "/keystores/{store}", call => InStoreAsync(call, (_, _, store) => Done(ManagementAnswers.Ok(Describe(store)))));
        environment.On("DELETE", "/keystores/{store}", call => InStoreAsync(call, DeleteAsync));
        environment.On("GET", "/keystores/{store}/aliases", call => InStoreAsync(call, (_, _, store) => Done(ManagementAnswers.Names(store.Aliases.Select(one => one.Name)))));
        environment.On("POST", "/keystores/{store}/aliases", call => InStoreAsync(call, AddAsync));
        environment.On("GET", "/keystores/{store}/aliases/{alias}", call => OfAliasAsync(call, (_, _, _, alias) => Done(ManagementAnswers.Ok(AliasAnswers.Describe(alias, call.NowMs)))));
        environment.On("PUT", "/keystores/{store}/aliases/{alias}", call => OfAliasAsync(call, ReplaceAsync));
        environment.On("DELETE", "/keystores/{store}/aliases/{alias}", call => OfAliasAsync(call, RemoveAsync));
        environment.On("GET", "/keystores/{store}/aliases/{alias}/certificate", call => OfAliasAsync(call, (_, _, _, alias) => Done(Results.Text(alias.Pem, "application/x-pem-file"))));
    }

    private static Task<IResult> ListAsync(ManagementCall call, GatewayEnvironment environment) => Done(ManagementAnswers.Names(environment.Entities.Keystores.Names));

    private static async Task<IResult> CreateAsync(ManagementCall call, GatewayEnvironment environment)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var name = call.Query("name") ?? body["name"]?.ToString() ?? "";
        if (!BundleReader.IsName(name))
            return ManagementAnswers.Bad("A keystore has a name: letters, digits, . _ - $ % and blank");
        var outcome = await environment.ChangeEntitiesAsync(
            session => EntityRows.AddAsync(session, Kind, name, new JsonObject { ["name"] = name }, call.NowMs, MostKeystores), call.Cancellation);
        return outcome switch
        {
            AddOutcome.TooMany => ManagementAnswers.Refuse(400, "TooMany", $"There are {MostKeystores} keystores in this environment already"),
            AddOutcome.Exists => ManagementAnswers.Refuse(409, "messaging.config.beans.ResourceReferenceAlreadyExists", $"Keystore {name} exists already"),
            _ => ManagementAnswers.Json(201, new JsonObject { ["name"] = name, ["aliases"] = new JsonArray() }),
        };
    }

    private static async Task<IResult> DeleteAsync(ManagementCall call, GatewayEnvironment environment, Keystore store)
    {
        var user = environment.Entities.Keystores.FindReferenceTo(store.Name) is { } reference ? $"reference {reference}"
            : environment.Entities.TargetServers.Values.FirstOrDefault(one => one.Tls?.Names(store.Name) == true) is { } server ? $"target server {server.Name}" : null;
        if (user is not null)
            return ManagementAnswers.Refuse(409, "ResourceInUse", $"Keystore {store.Name} is used by {user}");
        await environment.ChangeEntitiesAsync(async session =>
        {
            foreach (var alias in store.Aliases)
                await EntityRows.RemoveAsync(session, AliasKind, $"{store.Name}/{alias.Name}");
            return await EntityRows.RemoveAsync(session, Kind, store.Name);
        }, call.Cancellation);
        return ManagementAnswers.Ok(Describe(store));
    }

    private static async Task<IResult> AddAsync(ManagementCall call, GatewayEnvironment environment, Keystore store)
    {
        if (await ReadAsync(call, environment) is not (var name, var content))
            return ManagementAnswers.Bad($"The body is to be a form, or what the format says, of at most {MaxUploadBytes} bytes");
        if (name is null || content.Content is null)
            return ManagementAnswers.Bad(content.Fault ?? "alias is missing: letters, digits, . _ - $ % and blank");
        if (!call.Flag("ignoreExpiryValidation") && AliasAnswers.FindInvalid(content.Content, call.NowMs) is { } invalid)
            return ManagementAnswers.Bad($"The certificate {invalid} is not valid now; ignoreExpiryValidation=true takes it all the same");
        var body = content.Content.ToJson(store.Name, name, environment.Services.Sealer);
        var outcome = await environment.ChangeEntitiesAsync(
            async session => await EntityRows.FindAsync(session, Kind, store.Name) is null ? null
                : (AddOutcome?)(await EntityRows.CountAsync(session, AliasKind, store.Name + "/") >= MostAliases ? AddOutcome.TooMany
                : await EntityRows.AddAsync(session, AliasKind, $"{store.Name}/{name}", body, call.NowMs, int.MaxValue)), call.Cancellation);
        return outcome switch
        {
            null => Missing(store.Name),
            AddOutcome.TooMany => ManagementAnswers.Refuse(400, "TooMany", $"There are {MostAliases} aliases in keystore {store.Name} already"),
            AddOutcome.Exists => ManagementAnswers.Refuse(409, "messaging.config.beans.ResourceReferenceAlreadyExists", $"Alias {name} exists already in keystore {store.Name}"),
            _ => ManagementAnswers.Json(201, AliasAnswers.Describe(new KeystoreAlias(store.Name, name, body, null), call.NowMs)),
        };
    }

    // A renewed certificate of the same key; where there is no key, any.
    private static async Task<IResult> ReplaceAsync(ManagementCall call, GatewayEnvironment environment, Keystore store, KeystoreAlias alias)
    {
        var upload = await Upload.ReadAsync(call, MaxUploadBytes);
        if ((upload?.FindText("certFile") ?? upload?.FindText(Upload.File)) is not { } pem)
            return ManagementAnswers.Bad($"The body is to hold certificates as PEM, by themselves or as certFile of a form, of at most {MaxUploadBytes} bytes");
        if (AliasContent.FromPem(pem, null, null, out var fault) is not { } content)
            return ManagementAnswers.Bad(fault!);
        if (!call.Flag("ignoreExpiryValidation") && AliasAnswers.FindInvalid(content, call.NowMs) is { } invalid)
            return ManagementAnswers.Bad($"The certificate {invalid} is not valid now; ignoreExpiryValidation=true takes it all the same");
        if (alias.HasKey && !content.Certificates[0].PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(alias.Certificates[0].PublicKey.ExportSubjectPublicKeyInfo()))
            return ManagementAnswers.Bad($"The certificate is of another key than that of alias {alias.Name}");
        var body = alias.WithCertificates(content);
        await environment.ChangeEntitiesAsync(session => EntityRows.ChangeAsync(session, AliasKind, $"{store.Name}/{alias.Name}", body, call.NowMs), call.Cancellation);
        return ManagementAnswers.Ok(AliasAnswers.Describe(new KeystoreAlias(store.Name, alias.Name, body, null), call.NowMs));
    }

    private static async Task<IResult> RemoveAsync(ManagementCall call, GatewayEnvironment environment, Keystore store, KeystoreAlias alias)
    {
        await environment.ChangeEntitiesAsync(session => EntityRows.RemoveAsync(session, AliasKind, $"{store.Name}/{alias.Name}"), call.Cancellation);
        return ManagementAnswers.Ok(AliasAnswers.Describe(alias, call.NowMs));
    }

    private static async Task<(string? Name, (AliasContent? Content, string? Fault) Content)?> ReadAsync(ManagementCall call, GatewayEnvironment environment)
    {
        string? fault;
        if (call.Query("format") == "selfsignedcert")
        {
            if (await call.BodyAsync() is not { } json)
                return null;
            var (form, subject) = (new EntityForm(json), new EntityForm(json["subject"] as JsonObject ?? []));
            var names = new EntityForm(json["subjectAlternativeDNSNames"] as JsonObject ?? []).Names("subjectAlternativeName");
            var made = SelfSigned.Make(form, subject, names, environment.Services.Clock.GetUtcNow());
            return (Named(call.Query("alias") ?? form.Text("alias")), (made, form.Fault ?? subject.Fault));
        }
        if (await Upload.ReadAsync(call, MaxUploadBytes) is not { } upload)
            return null;
        var name = Named(call.Query("alias") ?? upload.FindText("alias"));
        var password = upload.FindText("password") ?? call.Query("password");
        var format = call.Query("format") ?? (upload.Find("certFile") is null ? "pkcs12" : "keycertfile");
        switch (format)
        {
            case "pkcs12" when upload.Find(Upload.File) is { } archive:
                return (name, (AliasContent.FromPkcs12(archive, password, out fault), fault));
            case "pem" or "keycertfile" when (upload.FindText("certFile") ?? upload.FindText(Upload.File)) is { } pem:
                return (name, (AliasContent.FromPem(pem, upload.FindText("keyFile"), password, out fault), fault));
            default:
                return (name, (null, $"format is '{format}'; it is pem or keycertfile with certFile and keyFile, pkcs12 with file, or selfsignedcert with JSON"));
        }
    }

    private static string? Named(string? name) => name is not null && BundleReader.IsName(name) ? name : null;

    private static Task<IResult> InStoreAsync(ManagementCall call, Func<ManagementCall, GatewayEnvironment, Keystore, Task<IResult>> handle) => EntityRoutes.InEnvironmentAsync(
        call, (call, environment) => environment.Entities.Keystores.Find(call.Path("store")) is { } store && store.Name == call.Path("store") ? handle(call, environment, store) : Done(Missing(call.Path("store"))));

    private static Task<IResult> OfAliasAsync(ManagementCall call, Func<ManagementCall, GatewayEnvironment, Keystore, KeystoreAlias, Task<IResult>> handle) => InStoreAsync(
        call, (call, environment, store) => store.Find(call.Path("alias")) is { } alias ? handle(call, environment, store, alias) : Done(ManagementAnswers.NoResource("Alias", call.Path("alias"))));

    private static JsonObject Describe(Keystore store) => new() { ["name"] = store.Name, ["aliases"] = new JsonArray([.. store.Aliases.Select(one => (JsonNode)one.Name)]) };

    private static IResult Missing(string name) => ManagementAnswers.NoResource("Keystore", name);

    private static Task<IResult> Done(IResult result) => Task.FromResult(result);
}
