using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Key value maps: managed, and used by flows with KeyValueMapOperations (contract gateway.md 7, Ruling 7).</summary>
public sealed class KeyValueMapTests
{
    private const string Show = """<AssignMessage name="Show"><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><Set><Payload contentType="text/plain">[{value}]</Payload></Set></AssignMessage>""";

    private const string Read = """
        <KeyValueMapOperations name="Kvm" mapIdentifier="urls"><Get assignTo="value"><Key><Parameter ref="request.queryparam.k"/></Key></Get></KeyValueMapOperations>
        """;

    [Theory]
    [InlineData(StoreKind.Sqlite, "keyvaluemaps")]
    [InlineData(StoreKind.Postgres, "keyvaluemaps")]
    [InlineData(StoreKind.Sqlite, "environments/production/keyvaluemaps")]
    [InlineData(StoreKind.Postgres, "environments/production/keyvaluemaps")]
    [InlineData(StoreKind.Sqlite, "apis/maps/keyvaluemaps")]
    [InlineData(StoreKind.Postgres, "apis/maps/keyvaluemaps")]
    [Contract("gateway 3.7")]
    public async Task A_map_is_managed_whole_and_entry_by_entry(StoreKind kind, string path)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.ImportAsync("maps", BundleText.Proxy("/maps", null));

        var made = await desk.CreateAsync(path, new JsonObject { ["name"] = "urls", ["entry"] = new JsonArray(Entry("b", "2"), Entry("a", "1")) });
        var (twice, _) = await desk.ManageAsync("POST", path, new JsonObject { ["name"] = "urls" });
        await desk.CreateAsync(path + "/urls/entries", Entry("c/d", "3"));
        var (exists, _) = await desk.ManageAsync("POST", path + "/urls/entries", Entry("c/d", "4"));
        var (_, changed) = await desk.ManageAsync("PUT", path + "/urls/entries/a", new JsonObject { ["value"] = "one" });
        var (_, updated) = await desk.ManageAsync("PUT", path + "/urls", new JsonObject { ["entry"] = new JsonArray(Entry("b", "two")) });
        var (_, page) = await desk.ManageAsync("GET", path + "/urls/entries?pageSize=2");
        var (_, rest) = await desk.ManageAsync("GET", path + $"/urls/entries?pageSize=2&pageToken={page!["nextPageToken"]}");
        var (_, one) = await desk.ManageAsync("GET", path + "/urls/entries/c/d");
        var (gone, _) = await desk.ManageAsync("DELETE", path + "/urls/entries/a");
        var (missing, _) = await desk.ManageAsync("GET", path + "/urls/entries/a");
        var (_, names) = await desk.ManageAsync("GET", path);
        var (deleted, _) = await desk.ManageAsync("DELETE", path + "/urls");
        var (noMap, why) = await desk.ManageAsync("GET", path + "/urls");

        Assert.False(made["encrypted"]!.GetValue<bool>());
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (twice, exists));
        Assert.Equal("one", changed!["value"]!.GetValue<string>());
        Assert.Equal(["a=one", "b=two", "c/d=3"], Text(updated!["entry"]!));
        Assert.Equal(["a=one", "b=two"], Text(page["keyValueEntries"]!));
        Assert.Equal(["c/d=3"], Text(rest!["keyValueEntries"]!));
        Assert.Equal("3", one!["value"]!.GetValue<string>());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.OK, HttpStatusCode.NotFound), (gone, missing, deleted, noMap));
        Assert.Equal(["urls"], ConsumerSample.Names(names));
        Assert.Equal("keyvaluemap.service.KeyValueMapDoesNotExist", why!["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, "organization")]
    [InlineData(StoreKind.Sqlite, "environment")]
    [InlineData(StoreKind.Sqlite, "policy")]
    [InlineData(StoreKind.Postgres, "apiproxy")]
    [InlineData(StoreKind.Postgres, "environment")]
    [Contract("gateway 7")]
    public async Task A_flow_writes_reads_and_deletes_entries_of_each_scope(StoreKind kind, string scope)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.DeployAsync("maps", BundleText.Proxy("/maps", null, $"<Step><Name>Kvm</Name></Step>", "Show").Policy(Show).Policy($"""
            <KeyValueMapOperations name="Kvm">
              <Scope>{scope}</Scope>
              <Put override="true"><Key><Parameter>k</Parameter><Parameter ref="request.queryparam.k"/></Key><Value ref="request.queryparam.one"/><Value>two</Value></Put>
              <Get assignTo="first" index="1"><Key><Parameter ref="key"/><Parameter>k</Parameter></Key></Get>
              <Get assignTo="value"><Key><Parameter>k</Parameter><Parameter ref="request.queryparam.k"/></Key></Get>
              <Get assignTo="second" index="2"><Key><Parameter>k</Parameter><Parameter ref="request.queryparam.k"/></Key></Get>
              <Get assignTo="third" index="3"><Key><Parameter>k</Parameter><Parameter ref="request.queryparam.k"/></Key></Get>
              <Delete><Key><Parameter>k</Parameter><Parameter ref="request.queryparam.k"/></Key></Delete>
              <Get assignTo="after"><Key><Parameter>k</Parameter><Parameter ref="request.queryparam.k"/></Key></Get>
            </KeyValueMapOperations>
            """).Policy("""<AssignMessage name="Show"><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><Set><Payload contentType="text/plain">{value} {second} {third:none} {after:gone} {first:none}</Payload></Set></AssignMessage>"""));

        var answer = await desk.GetAsync("/maps?k=x&one=uno");

        Assert.Equal((200, "[uno, two] two none gone none"), answer);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 7")]
    public async Task What_management_changes_the_next_flow_reads(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.DeployAsync("maps", BundleText.Proxy("/maps", null, "Kvm", "Show").Policy(Show).Policy(Read));
        await desk.CreateAsync("environments/production/keyvaluemaps", new JsonObject { ["name"] = "urls", ["entry"] = new JsonArray(Entry("a", "1")) });

        var first = await desk.GetAsync("/maps?k=a");
        await desk.ManageAsync("PUT", "environments/production/keyvaluemaps/urls/entries/a", new JsonObject { ["value"] = "2" });
        var changed = await desk.GetAsync("/maps?k=a");
        await desk.ManageAsync("DELETE", "environments/production/keyvaluemaps/urls");
        var gone = await desk.GetAsync("/maps?k=a");
        var none = await desk.GetAsync("/maps");

        Assert.Equal(((200, "[1]"), (200, "[2]"), (200, "[]"), (200, "[]")), (first, changed, gone, none));
    }

    [Fact]
    [Contract("gateway 7")]
    public async Task An_entry_that_exists_stays_unless_it_is_to_be_overridden()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("maps", BundleText.Proxy("/maps", null, "Put Kvm", "Show").Policy(Show).Policy(Read)
            .Policy("""<KeyValueMapOperations name="Put" mapIdentifier="urls"><Put><Key><Parameter ref="request.queryparam.k"/></Key><Value ref="request.queryparam.v"/></Put></KeyValueMapOperations>"""));

        var first = await desk.GetAsync("/maps?k=a&v=1");
        var second = await desk.GetAsync("/maps?k=a&v=2");

        Assert.Equal(("[1]", "[1]"), (first.Body, second.Body));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 7")]
    public async Task Initial_entries_are_written_when_the_bundle_is_deployed_and_not_when_it_is_checked(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        var bundle = BundleText.Proxy("/maps", null, "Kvm", "Show").Policy(Show).Policy("""
            <KeyValueMapOperations name="Kvm" mapIdentifier="seeds">
              <InitialEntries><Entry><Key><Parameter>a</Parameter><Parameter>b</Parameter></Key><Value>1</Value><Value>2</Value></Entry></InitialEntries>
              <Get assignTo="value" index="2"><Key><Parameter>a</Parameter><Parameter>b</Parameter></Key></Get>
            </KeyValueMapOperations>
            """);
        await desk.ImportAsync("maps", bundle);

        var (before, _) = await desk.ManageAsync("GET", "environments/production/keyvaluemaps/seeds");
        await desk.DeployAsync("maps", bundle);
        var answer = await desk.GetAsync("/maps");

        Assert.Equal(HttpStatusCode.NotFound, before);
        Assert.Equal((200, "[2]"), answer);
    }

    [Fact]
    [Contract("gateway 7", "gateway 6.3")]
    public async Task Values_of_an_encrypted_map_go_to_private_variables_only_and_are_masked_for_people()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.CreateAsync("environments/production/keyvaluemaps", new JsonObject { ["name"] = "urls", ["encrypted"] = true, ["entry"] = new JsonArray(Entry("a", "hidden")) });
        await desk.DeployAsync("maps", BundleText.Proxy("/maps", null, "Kvm", "Show").Policy(Show).Policy(Read));
        await desk.DeployAsync("private", BundleText.Proxy("/private", null, "Kvm", "Show")
            .Policy(Show.Replace("{value}", "{private.value}", StringComparison.Ordinal)).Policy(Read.Replace("assignTo=\"value\"", "assignTo=\"private.value\"", StringComparison.Ordinal)));

        var open = await desk.GetAsync("/maps?k=a");
        var hidden = await desk.GetAsync("/private?k=a");
        var (_, shown) = await desk.ManageAsync("GET", "environments/production/keyvaluemaps/urls/entries/a");

        Assert.Equal((500, "steps.keyvaluemapoperations.SetVariableFailed"), (open.Status, ConsumerSample.CodeOf(open.Body)));
        Assert.Equal((200, "[hidden]"), hidden);
        Assert.Equal("*****", shown!["value"]!.GetValue<string>());
    }

    [Fact]
    [Contract("gateway 7", "gateway 6.3")]
    public async Task A_map_is_named_by_a_variable_and_one_without_a_name_is_a_fault()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.CreateAsync("environments/production/keyvaluemaps", new JsonObject { ["name"] = "urls", ["entry"] = new JsonArray(Entry("a", "1")) });
        await desk.DeployAsync("maps", BundleText.Proxy("/maps", null, "Kvm", "Show").Policy(Show)
            .Policy("""<KeyValueMapOperations name="Kvm"><MapName ref="request.queryparam.map"/><Get assignTo="value"><Key><Parameter>a</Parameter></Key></Get></KeyValueMapOperations>"""));
        await desk.DeployAsync("empty", BundleText.Proxy("/empty", null, "Kvm", "Show").Policy(Show).Policy(Read.Replace("\"urls\"", "\"\"", StringComparison.Ordinal)));

        var named = await desk.GetAsync("/maps?map=urls");
        var unnamed = await desk.GetAsync("/maps");
        var empty = await desk.GetAsync("/empty?k=a");

        Assert.Equal((200, "[1]"), named);
        Assert.Equal((500, "steps.keyvaluemapoperations.UnsupportedOperationException"), (unnamed.Status, ConsumerSample.CodeOf(unnamed.Body)));
        Assert.Equal((500, "steps.keyvaluemapoperations.UnsupportedOperationException"), (empty.Status, ConsumerSample.CodeOf(empty.Body)));
    }

    [Fact]
    [Contract("gateway 7", "gateway 6.3")]
    public async Task A_value_for_a_variable_that_cannot_be_written_is_a_fault()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.CreateAsync("environments/production/keyvaluemaps", new JsonObject { ["name"] = "urls", ["entry"] = new JsonArray(Entry("a", "1")) });
        await desk.DeployAsync("maps", BundleText.Proxy("/maps", null, "Kvm").Policy(Read.Replace("assignTo=\"value\"", "assignTo=\"organization.name\"", StringComparison.Ordinal)));

        var answer = await desk.GetAsync("/maps?k=a");

        Assert.Equal((500, "steps.keyvaluemapoperations.SetVariableFailed"), (answer.Status, ConsumerSample.CodeOf(answer.Body)));
    }

    [Theory]
    [InlineData("""<Get assignTo="v" index="0"><Key><Parameter>k</Parameter></Key></Get>""", "InvalidIndex")]
    [InlineData("""<Get assignTo="v" index="-1"><Key><Parameter>k</Parameter></Key></Get>""", "InvalidIndex")]
    [InlineData("""<InitialEntries><Entry><Value>v</Value></Entry></InitialEntries>""", "KeyIsMissing")]
    [InlineData("""<InitialEntries><Entry><Key><Parameter>k</Parameter></Key></Entry></InitialEntries>""", "ValueIsMissing")]
    [InlineData("""<Put><Value>v</Value></Put>""", "KeyIsMissing")]
    [InlineData("""<Put><Key><Parameter>k</Parameter></Key></Put>""", "ValueIsMissing")]
    [InlineData("""<Get><Key><Parameter>k</Parameter></Key></Get>""", "InvalidVariableName")]
    [InlineData("""<Scope>galaxy</Scope>""", "InvalidScope")]
    [InlineData("""<MapName>m</MapName>""", "InvalidMapName")]
    [Contract("gateway 6.4")]
    public async Task Operations_that_cannot_be_are_not_deployed(string inside, string name)
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var refusal = await desk.RefusalAsync("maps", BundleText.Proxy("/maps", null, "Kvm").Policy($"""<KeyValueMapOperations name="Kvm" mapIdentifier="urls">{inside}</KeyValueMapOperations>"""));

        Assert.Equal(name, refusal["code"]!.GetValue<string>());
    }

    [Fact]
    [Statement("C48")]
    [Contract("gateway Ruling 7")]
    public async Task No_value_stands_readable_in_a_database()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.CreateAsync("keyvaluemaps", new JsonObject { ["name"] = "org-map", ["entry"] = new JsonArray(Entry("a", "plain-organization-value")) });
        await desk.CreateAsync("environments/production/keyvaluemaps", new JsonObject { ["name"] = "env-map", ["entry"] = new JsonArray(Entry("a", "plain-environment-value")) });

        var text = string.Concat(Directory.EnumerateFiles(desk.House.Folder, "*.db*", SearchOption.AllDirectories).Select(ReadShared));

        Assert.Contains("org-map", text, StringComparison.Ordinal);
        Assert.Contains("env-map", text, StringComparison.Ordinal);
        Assert.DoesNotContain("plain-organization-value", text, StringComparison.Ordinal);
        Assert.DoesNotContain("plain-environment-value", text, StringComparison.Ordinal);
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task What_one_node_writes_the_other_reads_although_it_remembers_otherwise()
    {
        await using var nodes = await GatewayNodes.StartAsync();
        await nodes.One.CreateAsync("keyvaluemaps", new JsonObject { ["name"] = "urls", ["entry"] = new JsonArray(Entry("a", "1")) });
        await nodes.One.DeployAsync("maps", BundleText.Proxy("/maps", null, "Kvm", "Show").Policy(Show).Policy(Read.Replace("<Get", "<Scope>organization</Scope><Get", StringComparison.Ordinal)));
        await Until.SeenAsync(() => nodes.Two.GetAsync("/maps?k=a"), answer => answer.Body == "[1]");

        await nodes.One.ManageAsync("PUT", "keyvaluemaps/urls/entries/a", new JsonObject { ["value"] = "2" });
        var answer = await Until.SeenAsync(() => nodes.Two.GetAsync("/maps?k=a"), answer => answer.Body == "[2]");

        Assert.Equal((200, "[2]"), answer);
    }

    private static JsonObject Entry(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static IEnumerable<string> Text(JsonNode entries) => entries.AsArray().Select(one => $"{one!["name"]}={one["value"]}");

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
