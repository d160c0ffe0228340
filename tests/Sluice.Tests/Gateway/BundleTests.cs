using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Gateway.Bundles;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>What is taken for a bundle, and what is refused with its place (contract gateway.md 3.1, 6.4, Ruling 1).</summary>
public sealed class BundleTests
{
    [Fact]
    [Contract("gateway 3.1")]
    public void Junk_is_left_out_and_the_descriptor_says_nothing_but_names()
    {
        var faults = new BundleFaults();
        var bundle = Read(
            faults,
            ("some-folder/apiproxy/weather.xml", "<APIProxy name=\"weather\"><DisplayName>Weather</DisplayName><Policies><Policy>Gone</Policy></Policies></APIProxy>"),
            ("some-folder/apiproxy/proxies/default.xml", "<ProxyEndpoint name=\"default\"/>"),
            ("some-folder/apiproxy/policies/file-name.xml", "<AssignMessage name=\"Real-Name\"/>"),
            ("some-folder/apiproxy/policies/._file-name.xml", "\0\0 no XML at all"),
            ("some-folder/apiproxy/policies/old.xml~", "<<"),
            ("some-folder/apiproxy/.DS_Store", "\0"),
            ("__MACOSX/some-folder/apiproxy/proxies/._default.xml", "\0"),
            ("some-folder/apiproxy/resources/js/sub/main", "var a;"),
            ("some-folder/README.md", "read me"));

        Assert.Empty(faults.Faults);
        Assert.Equal(("weather", "Weather"), (bundle!.Name, bundle.DisplayName));
        Assert.Equal(["Real-Name"], bundle.Policies.Keys);
        Assert.Equal(["js://sub/main"], bundle.Resources.Keys);
    }

    [Theory]
    [InlineData("apiproxy/../../etc/passwd")]
    [InlineData("/apiproxy/proxies/default.xml")]
    [InlineData("apiproxy/proxies/c:default.xml")]
    [Contract("gateway 3.1")]
    public void A_path_that_leads_out_of_the_bundle_is_refused(string path)
    {
        var faults = new BundleFaults();

        var bundle = Read(faults, ("apiproxy/proxies/default.xml", "<ProxyEndpoint name=\"default\"/>"), (path, "<x/>"));

        Assert.Null(bundle);
        Assert.Equal("InvalidBundle", Assert.Single(faults.Faults).Name);
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><ProxyEndpoint name=\"default\">&b;</ProxyEndpoint>")]
    [InlineData("<!DOCTYPE a SYSTEM \"http://127.0.0.1/x.dtd\"><ProxyEndpoint name=\"default\"/>")]
    [InlineData("<ProxyEndpoint name=\"default\">")]
    [InlineData("")]
    [Contract("gateway 3.1")]
    public void XML_with_a_document_type_or_that_is_not_well_formed_is_refused_with_file_and_line(string xml)
    {
        var faults = new BundleFaults();

        var bundle = Read(faults, ("apiproxy/proxies/default.xml", xml));

        Assert.Null(bundle);
        var fault = faults.Faults[0];
        Assert.Equal(("InvalidXML", "proxies/default.xml"), (fault.Name, fault.Spot.File));
    }

    [Fact]
    public void An_archive_that_unpacks_to_more_than_a_bundle_may_be_is_refused()
    {
        var faults = new BundleFaults();
        var large = new string(' ', BundleFiles.MaxFileBytes + 1);

        var bundle = Read(faults, ("apiproxy/proxies/default.xml", "<ProxyEndpoint name=\"default\"/>"), ("apiproxy/resources/jsc/a.js", large));

        Assert.Null(bundle);
        Assert.Contains("larger than", Assert.Single(faults.Faults).Text);
    }

    [Fact]
    public void Elements_that_nest_without_end_are_refused()
    {
        var faults = new BundleFaults();
        var deep = string.Concat(Enumerable.Repeat("<a>", 10_000)) + string.Concat(Enumerable.Repeat("</a>", 10_000));

        var bundle = Read(faults, ("apiproxy/proxies/default.xml", deep));

        Assert.Null(bundle);
        Assert.Equal("InvalidXML", faults.Faults[0].Name);
    }

    [Fact]
    public void Damaged_archives_are_refused_and_never_throw()
    {
        var random = new Random(3);
        var zip = BundleText.Proxy("/a", "http://target.example", "P").Policy("""<AssignMessage name="P"/>""").Zip();
        for (var round = 0; round < 2_000; round++)
        {
            var damaged = (byte[])zip.Clone();
            for (var hit = 0; hit < 1 + random.Next(4); hit++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0)
                damaged = damaged[..random.Next(damaged.Length)];
            var faults = new BundleFaults();

            var files = BundleFiles.FromZip(damaged, faults);
            var bundle = files is null ? null : BundleReader.Read(files, "a", faults);

            Assert.True(bundle is not null != faults.Any);
        }
    }

    [Fact]
    [Contract("gateway Ruling 1", "gateway 6.4")]
    public async Task Everything_wrong_with_a_bundle_is_told_at_once_with_name_file_and_line()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        var bundle = BundleText.Proxy("/a", "http://target.example", "Missing Java <Step><Name>Java</Name><Condition>a === b</Condition></Step>".Replace("Missing Java ", "<Step><Name>Missing</Name></Step>", StringComparison.Ordinal))
            .Policy("""<JavaCallout name="Java"><ClassName>a.B</ClassName></JavaCallout>""")
            .With("proxies/other.xml", "<ProxyEndpoint name=\"other\">\n<HTTPProxyConnection><BasePath>/v1/mine</BasePath></HTTPProxyConnection>\n<RouteRule name=\"r\"><TargetEndpoint>nowhere</TargetEndpoint></RouteRule></ProxyEndpoint>");

        var refusal = await desk.RefusalAsync("bad", bundle);

        var faults = refusal["faults"]!.AsArray().Select(fault => $"{fault!["name"]} {fault["file"]}").ToList();
        Assert.Contains("UnsupportedPolicy policies/Java.xml", faults);
        Assert.Contains("PolicyDoesNotExist proxies/default.xml", faults);
        Assert.Contains("InvalidCondition proxies/default.xml", faults);
        Assert.Contains("TargetEndpointDoesNotExist proxies/other.xml", faults);
        Assert.Equal(3, refusal["faults"]!.AsArray().First(fault => fault!["name"]!.GetValue<string>() == "TargetEndpointDoesNotExist")!["line"]!.GetValue<int>());
        Assert.StartsWith("Error Deploying Revision 1 to production: ", refusal["message"]!.GetValue<string>());
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task Base_paths_of_our_own_and_of_others_are_refused()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("first", BundleText.Proxy("/taken", null));

        var own = await desk.RefusalAsync("own", BundleText.Proxy("/v1/mine", null));
        var taken = await desk.RefusalAsync("second", BundleText.Proxy("/taken", null));

        Assert.Equal("BasePathReserved", own["code"]!.GetValue<string>());
        Assert.Equal("BasePathConflict", taken["code"]!.GetValue<string>());
        Assert.Equal(200, (await desk.GetAsync("/taken")).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.7")]
    public async Task Revisions_are_kept_listed_downloaded_deployed_over_each_other_and_taken_out(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        var first = BundleText.Proxy("/a", null, "Say").Policy(FlowOrderTests.Say("one"));
        await desk.DeployAsync("a", first, basePath: "/base");
        await desk.ImportAsync("a", BundleText.Proxy("/a", null, "Say").Policy(FlowOrderTests.Say("two")));

        var (conflict, _) = await desk.ManageAsync("POST", "environments/production/apis/a/revisions/2/deployments");
        var served = await desk.GetAsync("/base/a");
        var (shortForm, _) = await desk.ManageAsync("POST", "apis/a/deployments?action=deploy&env=prod&revision=2&override=true");
        var replaced = await desk.GetAsync("/a");
        var gone = await desk.GetAsync("/base/a");
        var (_, names) = await desk.ManageAsync("GET", "apis");
        var (_, revisions) = await desk.ManageAsync("GET", "apis/a/revisions");
        var (_, deployments) = await desk.ManageAsync("GET", "environments/production/deployments");
        var zip = await desk.Management.GetByteArrayAsync("apis/a/revisions/1?format=bundle", TestContext.Current.CancellationToken);
        var (inUse, _) = await desk.ManageAsync("DELETE", "apis/a/revisions/2");
        var (undeployed, _) = await desk.ManageAsync("DELETE", "environments/production/apis/a/revisions/2/deployments");
        var after = await desk.GetAsync("/a");

        Assert.Equal(HttpStatusCode.BadRequest, conflict);
        Assert.Equal((200, "one"), served);
        Assert.Equal(HttpStatusCode.OK, shortForm);
        Assert.Equal((200, "two"), replaced);
        Assert.Equal(404, gone.Status);
        Assert.Equal("""["a"]""", names!.ToJsonString());
        Assert.Equal("""["1","2"]""", revisions!.ToJsonString());
        Assert.Equal("2", Assert.Single(deployments!["deployments"]!.AsArray())!["revision"]!.GetValue<string>());
        using var downloaded = new ZipArchive(new MemoryStream(zip));
        Assert.Contains("apiproxy/policies/Say.xml", downloaded.Entries.Select(entry => entry.FullName));
        Assert.Equal(HttpStatusCode.BadRequest, inUse);
        Assert.Equal(HttpStatusCode.OK, undeployed);
        Assert.Equal(404, after.Status);
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task What_is_deployed_is_served_again_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-gateway").FullName;
        try
        {
            await using (var desk = await GatewayDesk.OpenInAsync(folder))
                await desk.DeployAsync("a", BundleText.Proxy("/a", null, "Say").Policy(FlowOrderTests.Say("still here")));
            await using var again = await GatewayDesk.OpenInAsync(folder);

            var answer = await again.GetAsync("/a");

            Assert.Equal((200, "still here"), answer);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task Management_wants_rights_and_the_organizations_name()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        using var stranger = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(desk.House.Address) };

        using var anonymous = await stranger.GetAsync($"/v1/organizations/{desk.House.TenantId}/apis", TestContext.Current.CancellationToken);
        using var elsewhere = await desk.Management.GetAsync("../other/apis", TestContext.Current.CancellationToken);
        using var shorter = await desk.Management.GetAsync($"/v1/o/{desk.House.TenantId}/e/production/caches", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        Assert.Equal("messaging.config.beans.OrganizationDoesNotExist", JsonNode.Parse(await elsewhere.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["code"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, shorter.StatusCode);
    }

    private static ProxyBundle? Read(BundleFaults faults, params (string Path, string Content)[] entries)
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in entries)
            {
                using var entry = archive.CreateEntry(path).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }
        var files = BundleFiles.FromZip(bytes.ToArray(), faults);
        return files is null ? null : BundleReader.Read(files, entries.Any(entry => entry.Path.EndsWith("weather.xml", StringComparison.Ordinal)) ? null : "a", faults);
    }
}
