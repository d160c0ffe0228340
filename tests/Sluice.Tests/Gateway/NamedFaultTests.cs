using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Faults and refusals by their published names that belong to no policy's own tests (contract gateway.md 3.7, 6.2, 6.3, 6.4).</summary>
public sealed class NamedFaultTests
{
    [Fact]
    [Contract("gateway 6.3", "gateway 7")]
    public async Task Writing_into_a_variable_that_is_no_message_is_VariableOfNonMsgType()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("copy", BundleText.Proxy("/copy", null, "Set Copy")
            .Policy("""<AssignMessage name="Set"><AssignVariable><Name>text</Name><Value>x</Value></AssignVariable></AssignMessage>""")
            .Policy("""<AssignMessage name="Copy"><AssignTo createNew="false" type="request">text</AssignTo><Set><Headers><Header name="A">b</Header></Headers></Set></AssignMessage>"""));

        var (status, body) = await desk.GetAsync("/copy");

        Assert.Equal((500, "steps.assignmessage.VariableOfNonMsgType"), (status, CodeOf(body)));
    }

    [Fact]
    [Contract("gateway 6.2")]
    public async Task A_target_whose_address_is_none_is_TargetMissing()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("nowhere", BundleText.Proxy("/nowhere", "{request.queryparam.host}"));

        var (status, body) = await desk.GetAsync("/nowhere?host=a%20b%20c");

        Assert.Equal((500, "messaging.runtime.TargetMissing"), (status, CodeOf(body)));
    }

    [Theory]
    [Contract("gateway 6.2", "gateway 3.3")]
    [InlineData("POST", "", "", 411)]
    [InlineData("PUT", "", "", 411)]
    [InlineData("POST", "", "allow.post.without.content.length", 200)]
    [InlineData("PUT", "", "allow.put.without.content.length", 200)]
    [InlineData("PUT", "", "allow.post.without.content.length", 411)]
    [InlineData("POST", "Content-Length: 0\r\n", "", 200)]
    [InlineData("POST", "Transfer-Encoding: chunked\r\n", "", 200)]
    [InlineData("DELETE", "", "", 200)]
    public async Task A_POST_or_PUT_that_does_not_say_its_length_is_LengthRequired_unless_the_target_allows_it(string verb, string header, string property, int expected)
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("length", BundleText.Proxy("/length", target.Url).WithTarget(
            target.Url, connection: property.Length == 0 ? "" : $"""<Properties><Property name="{property}">true</Property></Properties>"""));

        var (status, body) = await RawAsync(desk, $"{verb} /length HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{header}\r\n{(header.Contains("chunked", StringComparison.Ordinal) ? "0\r\n\r\n" : "")}");

        Assert.Equal(expected, status);
        Assert.Equal(expected == 411 ? "messaging.adaptors.http.flow.LengthRequired" : null, expected == 411 ? CodeOf(body) : null);
        Assert.Equal(expected == 411 ? 0 : 1, target.Calls.Count);
    }

    [Theory]
    [Contract("gateway 6.4", "gateway 3.7")]
    [InlineData("GET", "apis/none", "messaging.config.beans.ApplicationDoesNotExist")]
    [InlineData("GET", "apis/none/revisions", "messaging.config.beans.ApplicationDoesNotExist")]
    [InlineData("DELETE", "sharedflows/none", "messaging.config.beans.ApplicationDoesNotExist")]
    [InlineData("GET", "environments/none/caches", "messaging.config.beans.EnvironmentDoesNotExist")]
    [InlineData("POST", "apis/there/deployments?action=deploy&env=none&revision=1", "messaging.config.beans.EnvironmentDoesNotExist")]
    [InlineData("POST", "environments/production/apis/there/revisions/9/deployments", "messaging.config.beans.ApplicationRevisionDoesNotExist")]
    [InlineData("GET", "environments/production/caches/none", "messaging.config.beans.ResourceReferenceDoesNotExist")]
    [InlineData("DELETE", "environments/production/apis/there/revisions/1/deployments", "distribution.RevisionNotDeployed")]
    public async Task What_management_does_not_find_has_its_published_code(string method, string path, string code)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.ImportAsync("there", BundleText.Proxy("/there", null));

        var (status, body) = await desk.ManageAsync(method, path);

        Assert.Equal((HttpStatusCode.NotFound, code), (status, (string?)body!["code"]));
    }

    private static string? CodeOf(string body) => (string?)JsonNode.Parse(body)!["fault"]!["detail"]!["errorcode"];

    private static async Task<(int Status, string Body)> RawAsync(GatewayDesk desk, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(desk.House.Address).Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        return (int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }
}
