using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Property sets of an environment: kept as resource files, seen by flows as soon as they are written (contract gateway.md 3.7).</summary>
public sealed class PropertySetTests
{
    private const string Files = "environments/production/resourcefiles";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.7")]
    public async Task A_flow_sees_the_environments_properties_without_a_redeploy_and_its_bundles_own_before_them(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.DeployAsync("any", BundleText.Proxy("/any", null, "", "Show").With("resources/properties/app.properties", "own=bundle")
            .Policy("""<AssignMessage name="Show"><Set><Payload>{propertyset.app.own:none} {propertyset.app.shared:none}</Payload></Set></AssignMessage>"""));

        var before = await desk.GetAsync("/any");
        var (created, made) = await SendAsync(desk, "POST", $"{Files}?name=app&type=properties", "own=environment\nshared = one\n");
        var first = await desk.GetAsync("/any");
        var (changed, _) = await SendAsync(desk, "PUT", Files + "/properties/app", "shared=two");
        var second = await desk.GetAsync("/any");
        var content = await desk.Management.GetStringAsync(Files + "/properties/app", TestContext.Current.CancellationToken);
        var (_, list) = await desk.ManageAsync("GET", Files);
        var (gone, _) = await desk.ManageAsync("DELETE", Files + "/properties/app");
        var after = await desk.GetAsync("/any");

        Assert.Equal(["bundle none", "bundle one", "bundle two", "bundle none"], [before.Body, first.Body, second.Body, after.Body]);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK), (created, changed, gone));
        Assert.Equal(("""{"name":"app","type":"properties"}""", "shared=two"), (made, content));
        Assert.Equal("""{"resourceFile":[{"name":"app","type":"properties"}]}""", list!.ToJsonString());
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task A_form_with_a_file_and_a_name_with_its_ending_are_taken_too()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("any", BundleText.Proxy("/any", null, "", "Show").Policy("""<AssignMessage name="Show"><Set><Payload>{propertyset.a.b.key:none}</Payload></Set></AssignMessage>"""));

        var (created, _) = await desk.UploadAsync(Files + "?name=a.b.properties&type=properties", ("file", "key=value"));
        var (again, _) = await SendAsync(desk, "POST", Files + "?name=a.b&type=properties", "key=other");
        var seen = await desk.GetAsync("/any");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Conflict), (created, again));
        Assert.Equal("value", seen.Body);
    }

    [Theory]
    [InlineData("?name=a&type=jsc", "a=b", "type is 'jsc'")]
    [InlineData("?type=properties", "a=b", "name is missing")]
    [InlineData("?name=a%2Fb&type=properties", "a=b", "name is missing")]
    [InlineData("?name=a&type=properties", "large", "at most 262144 bytes")]
    [InlineData("?name=a&type=properties", "\u0000", "a character that is none")]
    [InlineData("?name=a&type=properties", "latin", "not UTF-8")]
    [Contract("gateway 3.7")]
    public async Task A_file_that_cannot_be_kept_is_refused_and_says_why(string query, string content, string message)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        var bytes = content switch { "large" => new byte[300_000], "latin" => [0xE9, 0x3D], _ => Encoding.UTF8.GetBytes(content) };

        using var body = new ByteArrayContent(bytes);
        using var answer = await desk.Management.PostAsync(Files + query, body, TestContext.Current.CancellationToken);
        var (_, list) = await desk.ManageAsync("GET", Files);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(message, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["message"]!.GetValue<string>());
        Assert.Empty(list!["resourceFile"]!.AsArray());
    }

    [Theory]
    [InlineData("GET", "/properties/none", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/properties/none", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/properties/none", HttpStatusCode.NotFound)]
    [InlineData("GET", "/xsl", HttpStatusCode.BadRequest)]
    [Contract("gateway 3.7")]
    public async Task What_is_not_there_is_not_found(string method, string path, HttpStatusCode expected)
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var (status, _) = await SendAsync(desk, method, Files + path, method == "PUT" ? "a=b" : null);

        Assert.Equal(expected, status);
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(GatewayDesk desk, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        using var answer = await desk.Management.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
