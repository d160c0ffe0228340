using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>ExtractVariables through the public door: what it takes out of messages, and every fault that is documented for it (contract gateway.md 6.3, 6.4, 7).</summary>
[Contract("gateway 7")]
public sealed class ExtractVariablesTests
{
    private const string Book = """{"book":{"title":"Sword","pages":207,"tags":["a","b"],"inPrint":true}}""";
    private const string Feed = """<r xmlns="urn:f"><item n="1">one</item><item n="2">two</item></r>""";

    [Fact]
    public async Task Patterns_take_path_query_header_form_and_variables_apart()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", Echo(
            """
            <ExtractVariables name="E">
              <VariablePrefix>v</VariablePrefix>
              <URIPath><Pattern ignoreCase="true">/Shops/{shop}/books/{book}</Pattern><Pattern>/shops/**/{last}</Pattern></URIPath>
              <QueryParam name="code"><Pattern>DBN{number}</Pattern><Pattern>{raw}</Pattern></QueryParam>
              <Header name="Authorization"><Pattern ignoreCase="true">bearer {token}</Pattern></Header>
              <Variable name="request.verb"><Pattern>{first}E{rest}</Pattern></Variable>
              <FormParam name="color"><Pattern>{shade}-{color}</Pattern></FormParam>
            </ExtractVariables>
            """,
            "{v.shop}|{v.book}|{v.number:none}|{v.raw:none}|{v.token}|{v.first}|{v.rest}|{v.shade:none}|{v.color:none}|{v.last:none}"));

        var get = await desk.GetAsync("/x/shops/s1/books/b%202?code=DBN88", ("Authorization", "Bearer abc.def"));
        var second = await desk.GetAsync("/x/shops/s1/c/d?code=88", ("Authorization", "Basic abc"));
        using var form = await desk.SendAsync("DELETE", "/x/shops/s/books/b", "color=light-blue", ("Content-Type", "application/x-www-form-urlencoded"));

        Assert.Equal("s1|b%202|88|none|abc.def|G|T|none|none|none", get.Body);
        Assert.Equal("|||88||G|T|none|none|d", second.Body.Replace("none|88", "|88", StringComparison.Ordinal));
        Assert.Contains("|D|LETE|light|blue|", await form.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Json_and_xml_become_variables_of_their_types()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("json", Echo(
            """
            <ExtractVariables name="E"><Source>request</Source><VariablePrefix>j</VariablePrefix><JSONPayload>
              <Variable name="title"><JSONPath>$.book.title</JSONPath></Variable>
              <Variable name="pages" type="integer"><JSONPath>$.book.pages</JSONPath></Variable>
              <Variable name="tags" type="nodeset"><JSONPath>$.book.tags[*]</JSONPath></Variable>
              <Variable name="inPrint" type="boolean"><JSONPath>$.book.inPrint</JSONPath></Variable>
              <Variable name="missing"><JSONPath>$.book.isbn</JSONPath></Variable>
            </JSONPayload></ExtractVariables>
            """,
            "{j.title}|{j.pages}|{j.tags}|{j.inPrint}|{j.missing:unset}"));
        await desk.DeployAsync("xml", Echo(
            """
            <ExtractVariables name="E"><Source clearPayload="true">request</Source><VariablePrefix>x</VariablePrefix><XMLPayload>
              <Namespaces><Namespace prefix="f">urn:f</Namespace></Namespaces>
              <Variable name="first"><XPath>/f:r/f:item[1]</XPath></Variable>
              <Variable name="attribute" type="long"><XPath>//f:item[2]/@n</XPath></Variable>
              <Variable name="count" type="double"><XPath>count(//f:item)</XPath></Variable>
              <Variable name="nodes" type="nodeset"><XPath>//f:item[@n='2']</XPath></Variable>
              <Variable name="missing"><XPath>//f:none</XPath></Variable>
            </XMLPayload></ExtractVariables>
            """,
            "{x.first}|{x.attribute}|{x.count}|{x.nodes}|{x.missing:unset}|{request.content}", "/y"));

        using var json = await desk.SendAsync("POST", "/x", Book, ("Content-Type", "application/json; charset=utf-8"));
        using var other = await desk.SendAsync("POST", "/x", Book, ("Content-Type", "text/plain"));
        using var xml = await desk.SendAsync("POST", "/y", Feed, ("Content-Type", "application/atom+xml"));

        Assert.Equal("""Sword|207|["a","b"]|true|unset""", await TextAsync(json));
        Assert.Equal("||||unset", await TextAsync(other));
        Assert.Equal("""one|2|2|<item n="2" xmlns="urn:f">two</item>|unset|""", await TextAsync(xml));
    }

    [Theory]
    [InlineData("<Source>calloutResponse</Source><Header name=\"a\"><Pattern>{b}</Pattern></Header>", "application/json", "{}", "SourceMessageNotAvailable")]
    [InlineData("<JSONPayload><Variable name=\"a\"><JSONPath>$.a</JSONPath></Variable></JSONPayload>", "application/json", "{", "ExecutionFailed")]
    [InlineData("<JSONPayload><Variable name=\"a\"><JSONPath>$.a</JSONPath></Variable></JSONPayload>", "application/json", "", "ExecutionFailed")]
    [InlineData("<XMLPayload><Variable name=\"a\"><XPath>/a</XPath></Variable></XMLPayload>", "text/xml", "<a>", "ExecutionFailed")]
    [InlineData("<XMLPayload><Variable name=\"a\"><XPath>/a</XPath></Variable></XMLPayload>", "text/xml", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "ExecutionFailed")]
    [InlineData("<Source>request.verb</Source><JSONPayload><Variable name=\"a\"><JSONPath>$.a</JSONPath></Variable></JSONPayload>", "application/json", "{}", "JsonPathParsingFailure")]
    [InlineData("<JSONPayload><Variable name=\"a\" type=\"integer\"><JSONPath>$.a</JSONPath></Variable></JSONPayload>", "application/json", "{\"a\":\"x\"}", "UnableToCast")]
    [InlineData("<JSONPayload><Variable name=\"organization.name\"><JSONPath>$.a</JSONPath></Variable></JSONPayload>", "application/json", "{\"a\":\"x\"}", "SetVariableFailed")]
    [Contract("gateway 6.3")]
    public async Task What_fails_at_run_time_has_its_published_code(string inner, string type, string body, string name)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "E").Policy($"""<ExtractVariables name="E">{inner}</ExtractVariables>"""));

        using var answer = await desk.SendAsync("POST", "/x", body, ("Content-Type", type));

        Assert.Equal(500, (int)answer.StatusCode);
        Assert.Contains($"\"errorcode\":\"steps.extractvariables.{name}\"", await TextAsync(answer));
    }

    [Fact]
    [Contract("gateway 6.4")]
    public async Task What_is_wrong_in_the_policy_refuses_the_deployment_by_its_published_name()
    {
        (string Name, string Inner)[] rows =
        [
            ("NothingToExtract", "<Source>request</Source>"),
            ("DuplicatePrefix", "<VariablePrefix>a</VariablePrefix><VariablePrefix>b</VariablePrefix><Header name=\"a\"><Pattern>{b}</Pattern></Header>"),
            ("NONEmptyPrefixMappedToEmptyURI", "<VariablePrefix>a</VariablePrefix><URIPath><Pattern/></URIPath>"),
            ("MissingName", "<Header><Pattern>{b}</Pattern></Header>"),
            ("MissingName", "<JSONPayload><Variable><JSONPath>$</JSONPath></Variable></JSONPayload>"),
            ("PatternWithoutVariable", "<Header name=\"a\"><Pattern>b</Pattern></Header>"),
            ("InvalidPattern", "<Header name=\"a\"><Pattern>{b</Pattern></Header>"),
            ("InvalidPattern", "<URIPath><Pattern>/{}</Pattern></URIPath>"),
            ("NoJSONPathsToEvaluate", "<JSONPayload/>"),
            ("EmptyJSONPathExpression", "<JSONPayload><Variable name=\"a\"><JSONPath/></Variable></JSONPayload>"),
            ("JSONPathCompilationFailed", "<JSONPayload><Variable name=\"a\"><JSONPath>$.[</JSONPath></Variable></JSONPayload>"),
            ("NoXPathsToEvaluate", "<XMLPayload/>"),
            ("EmptyXPathExpression", "<XMLPayload><Variable name=\"a\"><XPath/></Variable></XMLPayload>"),
            ("XPathCompilationFailed", "<XMLPayload><Variable name=\"a\"><XPath>//[</XPath></Variable></XMLPayload>"),
            ("XPathCompilationFailed", "<XMLPayload><Variable name=\"a\"><XPath>/f:r</XPath></Variable></XMLPayload>"),
            ("CannotBeConvertedToNodeset", "<XMLPayload><Variable name=\"a\" type=\"nodeset\"><XPath>count(/r)</XPath></Variable></XMLPayload>"),
            ("InstantiationFailed", "<JSONPayload><Variable name=\"a\" type=\"date\"><JSONPath>$.a</JSONPath></Variable></JSONPayload>"),
        ];
        await using var desk = await GatewayDesk.OpenAsync();
        foreach (var (name, inner) in rows)
        {
            var refusal = await desk.RefusalAsync("x", BundleText.Proxy("/x", null, "E").Policy($"""<ExtractVariables name="E">{inner}</ExtractVariables>"""));

            Assert.Equal((name, inner), (refusal["faults"]![0]!["name"]!.GetValue<string>(), inner));
            Assert.EndsWith("policies/E.xml", refusal["faults"]![0]!["file"]!.GetValue<string>());
        }
    }

    private static BundleText Echo(string policy, string template, string basePath = "/x") => BundleText.Proxy(basePath, null, "E Answer").Policy(policy).Policy(
        $"""<AssignMessage name="Answer"><AssignTo>message</AssignTo><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><AssignVariable><Name>echo</Name><Template>{template}</Template></AssignVariable></AssignMessage>""")
        .Policy("""<RaiseFault name="Show"><FaultResponse><Set><StatusCode>200</StatusCode><Payload contentType="text/plain">{echo}</Payload></Set></FaultResponse></RaiseFault>""")
        .With("proxies/default.xml", $"""
            <ProxyEndpoint name="default">
              <PreFlow><Request>{BundleText.Steps("E Answer Show")}</Request></PreFlow>
              <HTTPProxyConnection><BasePath>{basePath}</BasePath></HTTPProxyConnection><RouteRule name="none"/>
            </ProxyEndpoint>
            """);

    private static Task<string> TextAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
