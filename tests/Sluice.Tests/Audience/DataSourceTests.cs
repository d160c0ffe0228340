using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary><c>/datasources/</c>: contract audience.md 3.1. What hangs below a single data source is in <see cref="DataSourceExtraTests"/>.</summary>
[Contract("audience 3.1")]
public sealed class DataSourceTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const string Path = "/v1/datasources/";

    private CatalogueDesk Desk => shared.Desk;

    private ApiClient Client => shared.Desk.Admin;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience 2.3")]
    [Statement("B19")]
    public async Task A_data_source_is_made_read_changed_and_deleted(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var made = await desk.Admin.PostTextAsync(Path, """{"name":"shop","description":"Shop ids","integrationCode":"shop","dataExportRestrictions":["PII","ONSITE_PERSONALIZATION"]}""");
        var one = Path + made.Json["dataSourceId"];

        var read = await desk.Admin.GetAsync(one);
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"name":"store","status":"inactive","dataExportRestrictions":[],"inboundS2S":true}""");
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);

        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(made.Text, read.Text);
        Assert.Equal(("store", "INACTIVE", "[]", true, "Shop ids"), (
            (string)changed.Json["name"]!, (string)changed.Json["status"]!, changed.Json["dataExportRestrictions"]!.ToJsonString(), (bool)changed.Json["inboundS2S"]!, (string)changed.Json["description"]!));
        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.Status, deleted.Text));
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(one), HttpStatusCode.NotFound, "not_found");
        CatalogueDesk.AssertRefused(await desk.Admin.SendAsync(HttpMethod.Delete, one, null), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task What_is_left_out_has_its_default()
    {
        var source = await Desk.AddAsync(Path, """{"name":"Plain Shop","description":"d"}""");
        var id = (long)source["dataSourceId"]!;

        Assert.Equal(("ACTIVE", "GENERAL", "COOKIE", 62_208_000, "Plain Shop", id, $"plainshop_{id}"), (
            (string)source["status"]!, (string)source["type"]!, (string)source["idType"]!, (int)source["customerProfileDataRetention"]!, (string)source["authenticatedProfileName"]!,
            (long)source["customNamespaceId"]!, (string)source["customNamespaceCode"]!));
        Assert.All(
            (string[])["linkNamespace", "inboundS2S", "outboundS2S", "useAudienceManagerVisitorID", "allowDataSharing", "masterDataSourceIdProvider", "uniqueTraitIntegrationCodes",
                "uniqueSegmentIntegrationCodes", "samplingEnabled", "allowDeviceGraphSharing", "supportsAuthenticatedProfile", "deviceGraph"],
            name => Assert.False((bool)source[name]!, name));
        Assert.Equal(14L * 86_400_000, (long)source["samplingEndTime"]! - (long)source["samplingStartTime"]!);
    }

    [Theory]
    [InlineData("name", "null", "name is required")]
    [InlineData("name", "256", "name has at most 255 characters")]
    [InlineData("integrationCode", "256", "integrationCode has at most 255 characters")]
    [InlineData("idType", "\"FINGERPRINT\"", "idType must be one of")]
    [InlineData("idType", "\"CROSS_DEVICE\"", "integrationCode is required where idType is CROSS_DEVICE")]
    [InlineData("subIdType", "\"PET\"", "subIdType must be one of")]
    [InlineData("status", "\"OFF\"", "status must be one of")]
    [InlineData("dataExportRestrictions", "[\"PII\",\"SECRET\"]", "dataExportRestrictions cannot hold [SECRET]")]
    [InlineData("dataExportRestrictions", "\"PII\"", "dataExportRestrictions must be a list")]
    [InlineData("marketingCloudVisitorIdVersion", "9", "marketingCloudVisitorIdVersion must be from 0 to 1")]
    [InlineData("customerProfileDataRetention", "2591999", "customerProfileDataRetention must be from 2592000 to 155520000")]
    [InlineData("customerProfileDataRetention", "155520001", "customerProfileDataRetention must be from 2592000 to 155520000")]
    [InlineData("containerIds", "[\"x\"]", "containerIds must hold numbers only")]
    [InlineData("inboundS2S", "\"yes\"", "inboundS2S must be true or false")]
    public async Task A_data_source_that_cannot_be_is_refused_by_the_member(string member, string value, string says)
    {
        var body = new JsonObject { ["name"] = "bad", [member] = value == "256" ? new string('x', 256) : JsonNode.Parse(value) };

        CatalogueDesk.AssertRefused(await Client.PostTextAsync(Path, body.ToJsonString()), HttpStatusCode.BadRequest, "validation_error", says);
    }

    [Fact]
    public async Task A_cross_device_source_has_ids_of_its_own_and_the_flags_of_unique_codes_stay_as_made()
    {
        var made = await Desk.AddAsync(Path, """{"name":"crm","integrationCode":"crm-x","idType":"CROSS_DEVICE","useAudienceManagerVisitorID":true,"uniqueTraitIntegrationCodes":true}""");
        var changed = await Client.SendAsync(HttpMethod.Put, Path + made["dataSourceId"], """{"uniqueTraitIntegrationCodes":false,"uniqueSegmentIntegrationCodes":true,"useAudienceManagerVisitorID":true}""");

        Assert.Equal((false, "CROSS_DEVICE_PERSON"), ((bool)made["useAudienceManagerVisitorID"]!, (string)made["subIdType"]!));
        Assert.Equal((true, false, false), (
            (bool)changed.Json["uniqueTraitIntegrationCodes"]!, (bool)changed.Json["uniqueSegmentIntegrationCodes"]!, (bool)changed.Json["useAudienceManagerVisitorID"]!));
    }

    [Fact]
    [Contract("audience 7")]
    public async Task A_code_is_in_the_account_once()
    {
        await Desk.AddAsync(Path, """{"name":"first","integrationCode":"code-1"}""");
        var other = await Desk.AddAsync(Path, """{"name":"second"}""");
        await Desk.AddAsync(Path, """{"name":"second"}"""); // names are free

        CatalogueDesk.AssertRefused(await Client.PostTextAsync(Path, """{"name":"twin","integrationCode":"code-1"}"""), HttpStatusCode.Conflict, "duplicate_integration_code", "code-1");
        CatalogueDesk.AssertRefused(
            await Client.SendAsync(HttpMethod.Put, Path + other["dataSourceId"], """{"integrationCode":"code-1"}"""), HttpStatusCode.Conflict, "duplicate_integration_code");
    }

    [Fact]
    [Contract("audience 2.1")]
    public async Task A_list_is_narrowed_by_code_and_direction_and_takes_what_clients_send_beside()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        await desk.AddAsync(Path, """{"name":"in","integrationCode":"in","inboundS2S":true}""");
        await desk.AddAsync(Path, """{"name":"out","integrationCode":"out","outboundS2S":true}""");
        async Task<string> NamesAsync(string query) =>
            string.Join(',', (await desk.Admin.GetAsync(Path + query)).Json.AsArray().Select(row => (string)row!["name"]!).Where(name => name.Length < 4));

        Assert.Equal("in", await NamesAsync("?integrationCode=in"));
        Assert.Equal("", await NamesAsync("?integrationCode=IN"));
        Assert.Equal("in", await NamesAsync("?inboundOnly=true"));
        Assert.Equal("out", await NamesAsync("?outboundOnly=True"));
        Assert.Equal("", await NamesAsync("?outboundOnly=true&inboundOnly=true"));
        Assert.Equal("in,out", await NamesAsync("?includeThirdParty=true&modelingEnabled=true&excludeReportSuites=true&firstPartyOnly=true&objectType=segment&inboundOnly=false"));
    }

    [Fact]
    [Contract("audience Ruling 7")]
    [Statement("B21")]
    public async Task Every_account_has_the_automatic_data_source_which_stays_what_it_is()
    {
        var (automatic, again) = (await AutomaticAsync(), Desk.House.TenantId);
        var path = Path + automatic["dataSourceId"];

        Assert.Equal(($"AAM {again} Audiences", "Automatically generated trait data source", """["PII"]"""), (
            (string)automatic["name"]!, (string)automatic["description"]!, automatic["dataExportRestrictions"]!.ToJsonString()));
        CatalogueDesk.AssertRefused(await Client.SendAsync(HttpMethod.Delete, path, null), HttpStatusCode.Conflict, "cannot_delete_entity");
        CatalogueDesk.AssertRefused(await Client.PostTextAsync(Path + "bulk-delete", $"[{automatic["dataSourceId"]}]"), HttpStatusCode.Conflict, "cannot_delete_entity");
        foreach (var change in (string[])["""{"integrationCode":"mine"}""", """{"integrationCode":null}""", """{"dataExportRestrictions":[]}"""])
            CatalogueDesk.AssertRefused(await Client.SendAsync(HttpMethod.Put, path, change), HttpStatusCode.BadRequest, "validation_error", "integrationCode");
        Assert.Equal(HttpStatusCode.OK, (await Client.SendAsync(HttpMethod.Put, path, automatic.ToJsonString())).Status);
        Assert.Equal(HttpStatusCode.Created, (await Client.PostTextAsync("/v1/folders/traits/", """{"name":"still","parentFolderId":0}""")).Status);

        async Task<JsonNode> AutomaticAsync() => Assert.Single((await Client.GetAsync(Path + "?integrationCode=adobe-provided")).Json.AsArray())!;
    }

    [Theory]
    [InlineData("trait")]
    [InlineData("segment")]
    [InlineData("merge rule")]
    [InlineData("destination")]
    [InlineData("model")]
    [Contract("audience 7", "audience Ruling 2")]
    [Statement("B64")]
    public async Task What_belongs_to_a_data_source_goes_before_it(string user)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (other, used) = (await desk.AddDataSourceAsync("other"), CatalogueDesk.Id(
            await desk.AddAsync(Path, """{"name":"used","masterDataSourceIdProvider":true,"idType":"CROSS_DEVICE","integrationCode":"used"}"""), "dataSourceId"));
        var trait = await desk.AddTraitAsync(other);
        var path = user switch
        {
            "trait" => $"/v1/traits/{await desk.AddTraitAsync(used)}",
            "segment" => $"/v1/segments/{await desk.AddSegmentAsync(used, trait)}",
            "merge rule" => $"/v1/merge-rules/{await desk.AddMergeRuleAsync($",\"crossDeviceDataSourceIds\":[{used}]")}",
            "destination" => "/v1/destinations/" + (await desk.AddAsync(
                "/v1/destinations/", $$"""{"name":"d","destinationType":"S2S","serverUrl":"https://p.example/","dataSourceId":{{used}}}"""))["destinationId"],
            _ => "/v1/models/" + (await desk.AddAsync(
                "/v1/models/", $$"""{"name":"m","sid":{{trait}},"dataSources":[{{used}}],"lookBackPeriod":30,"algoTypeId":1}"""))["algoModelId"],
        };

        var blocked = await desk.Admin.SendAsync(HttpMethod.Delete, Path + used, null);
        var bulk = await desk.Admin.PostTextAsync(Path + "bulk-delete", $"[{used}]");
        var gone = await desk.Admin.SendAsync(HttpMethod.Delete, path, null);
        var then = await desk.Admin.SendAsync(HttpMethod.Delete, Path + used, null);

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (blocked.Status, bulk.Status));
        Assert.NotEmpty(blocked.Json["childMessages"]!.AsArray());
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (gone.Status, then.Status));
    }
}
