namespace Sluice.AcceptanceTests.Gateway;

/// <summary>What a <c>requests.http</c> may say, and that nothing else is passed over.</summary>
public sealed class RequestFileTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["host"] = "", ["org"] = "acme" };

    [Fact]
    public void Requests_are_read_with_what_they_send_and_promise()
    {
        var requests = RequestFile.Read("a.http", """
            # About this file
            @host = http://localhost:8080
            @city = 7

            ### First
            # A remark
            # -> 5 at once
            # -> again until it is so, at most 10 s
            # => 201
            # => X-Org: {{org}}
            # => no X-Other
            # => body contains a
            # => target called 1 time
            POST {{host}}/a?w={{city}}
            Content-Type: text/plain
            X-One: 1

            two
            lines

            ### Second
            # => 200
            # => body as of First
            GET {{host}}/b
            """, Variables);

        Assert.Equal(["First", "Second"], requests.Select(request => request.Title));
        var first = requests[0];
        Assert.Equal(("POST", "/a?w=7", "two\nlines", 5, TimeSpan.FromSeconds(10), 14), (first.Method, first.Path, first.Body, first.AtOnce, first.Patience, first.Line));
        Assert.Equal([("Content-Type", "text/plain"), ("X-One", "1")], first.Headers);
        Assert.Equal(["201", "X-Org: acme", "no X-Other", "body contains a", "target called 1 time"], first.Expectations.Select(one => one.Text));
        Assert.Null(requests[1].Body);
    }

    [Theory]
    [InlineData("# => 2000", 2)]
    [InlineData("# => bodycontains a", 2)]
    [InlineData("# => body {\"a\":", 2)]
    [InlineData("# => body as of Nothing", 2)]
    [InlineData("# => called twice", 2)]
    [InlineData("#=> 200", 2)]
    [InlineData("# =>200", 2)]
    [InlineData("# => X-Header: {{unknown}}", 2)]
    [InlineData("# -> 3 times", 2)]
    [InlineData("# -> 99 at once", 2)]
    [InlineData("# => no", 2)]
    public void A_line_that_cannot_be_read_is_a_fault_with_its_place(string line, int number)
    {
        var fault = Assert.Throws<FormatException>(() => RequestFile.Read("a.http", $"### A\n{line}\n# => 200\nGET {{{{host}}}}/a\n", Variables));

        Assert.StartsWith($"a.http:{number}: '{line}' ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("### A\nGET {{host}}/a")]
    [InlineData("### A\n# => 200\nget {{host}}/a")]
    [InlineData("### A\n# => 200\nGET http://elsewhere/a")]
    [InlineData("### A\n# => 200\nGET {{host}}/a\nnot a header")]
    [InlineData("### A\n# => 200\nGET {{host}}/a\n\n# => 200")]
    [InlineData("### A\n# => 200")]
    [InlineData("### A\n# => 200\nGET {{host}}/a\n### A\n# => 200\nGET {{host}}/a")]
    [InlineData("text\n### A\n# => 200\nGET {{host}}/a")]
    public void A_file_without_a_request_that_promises_a_status_is_a_fault(string text) =>
        Assert.Throws<FormatException>(() => RequestFile.Read("a.http", text, Variables));
}
