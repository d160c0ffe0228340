using System.CommandLine;
using Sluice.Cli;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>The verbs that bring bundles from a folder to a running server (contract gateway.md 3.1, 3.7).</summary>
public sealed class ProxiesCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-bundle-").FullName;

    [Fact]
    [Contract("gateway 3.1", "gateway 3.7")]
    public async Task A_folder_is_imported_and_deployed_under_its_descriptors_name()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        Write("hello");

        var (imported, told) = await RunAsync(desk, "import", _folder);
        var before = await desk.GetAsync("/hello");
        var (deployed, done) = await RunAsync(desk, "deploy", Path.Combine(_folder, "apiproxy"), "--base-path", "/v9");

        Assert.Equal((0, "greeter: revision 1 imported\n"), (imported, told));
        Assert.Equal(404, before.Status);
        Assert.Equal((0, "greeter: revision 2 imported\ngreeter: revision 2 deployed to production /v9/hello\n"), (deployed, done));
        Assert.Equal((200, "hello"), await desk.GetAsync("/v9/hello"));
    }

    [Fact]
    [Contract("gateway 3.1")]
    public async Task What_is_wrong_is_told_with_file_and_line_as_compilers_do_and_changes_nothing()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        Write("hello");
        await RunAsync(desk, "deploy", _folder);
        Write("other", "<Step><Name>Missing</Name></Step>");

        var (code, told) = await RunAsync(desk, "deploy", _folder);
        var (away, _) = await RunAsync(desk, "deploy", _folder + "/nowhere");

        Assert.Equal((1, 1), (code, away));
        Assert.Matches(@"apiproxy/proxies/default\.xml\(\d+,\d+\): error PolicyDoesNotExist: .*'Missing'", told);
        Assert.Equal((200, "hello"), await desk.GetAsync("/hello"));
    }

    [Fact]
    [Contract("gateway 3.1")]
    public async Task A_watched_folder_is_deployed_again_when_a_file_is_saved_and_a_broken_save_leaves_what_is_served()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Write("one");
        var watching = RunAsync(desk, stop.Token, "watch", _folder);

        await AnswersAsync(desk, "one");
        Write("two");
        await AnswersAsync(desk, "two");
        await File.WriteAllTextAsync(Path.Combine(_folder, "apiproxy/policies/Say.xml"), "<AssignMessage name=", TestContext.Current.CancellationToken);
        Write("three", "<Step><Name>Missing</Name></Step>");
        Write("four");
        await AnswersAsync(desk, "four");
        var revisions = await Until.SeenAsync(async () => (await desk.ManageAsync("GET", "apis/greeter/revisions")).Body!.AsArray().Count, count => count == 1);
        await stop.CancelAsync();

        Assert.Equal(0, (await watching).Code);
        Assert.Equal(1, revisions);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string says, string more = "")
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "apiproxy")).FullName, "greeter.xml"), """<APIProxy name="greeter"/>""");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "apiproxy/policies")).FullName, "Say.xml"), $"""
            <AssignMessage name="Say"><Set><Payload contentType="text/plain">{says}</Payload></Set></AssignMessage>
            """);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "apiproxy/proxies")).FullName, "default.xml"), $"""
            <ProxyEndpoint name="default">
              <PreFlow><Response><Step><Name>Say</Name></Step>{more}</Response></PreFlow>
              <HTTPProxyConnection><BasePath>/hello</BasePath></HTTPProxyConnection>
              <RouteRule name="none"/>
            </ProxyEndpoint>
            """);
    }

    private static Task<(int Code, string Told)> RunAsync(GatewayDesk desk, params string[] arguments) => RunAsync(desk, TestContext.Current.CancellationToken, arguments);

    private static async Task<(int Code, string Told)> RunAsync(GatewayDesk desk, CancellationToken cancellation, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.Build().Parse(["proxies", .. arguments, "--server", desk.House.Address, "--data", desk.House.Folder])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = output }, cancellation);
        return (code, output.ToString());
    }

    private static Task<string> AnswersAsync(GatewayDesk desk, string expected) =>
        Until.SeenAsync(async () => (await desk.GetAsync("/hello")).Body, body => body == expected);
}
