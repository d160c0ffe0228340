using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.Redaction;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Program;

/// <summary>What is hidden of a text that is about to be logged, and what is left.</summary>
public sealed class RedactorTests
{
    private const string Token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_x";

    private const string Characters = "ab\\\"'&=?%:;,[]{}() \n\té+/.";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    // Queries and forms.
    [InlineData("?client_id=me&client_secret=s3cr3t&scope=a", "?client_id=me&client_secret=***&scope=a")]
    [InlineData("grant_type=password&username=u&password=p%26q", "grant_type=password&username=u&password=***")]
    [InlineData("GET http://h/x?token=abc - 200", "GET http://h/x?token=*** - 200")]
    [InlineData("/cb?code=abc&state=1", "/cb?code=***&state=1")]
    [InlineData("?Code_Verifier=abc", "?Code_Verifier=***")]
    [InlineData("?a=1&jwt_token=x&b=2", "?a=1&jwt_token=***&b=2")]
    [InlineData("?client%5Fsecret=abc&b=2", "?client%5Fsecret=***&b=2")]
    [InlineData("?%63ode=abc", "?%63ode=***")]
    [InlineData("?to=%2Fcb%3Fcode%3Dabc%26x%3D1&b=2", "?to=%2Fcb%3Fcode%3D***&b=2")]
    [InlineData("?token[]=a&password[0]=b", "?token[]=***&password[0]=***")]
    [InlineData("?password=a,b;c\"d'e)f]g&x=1", "?password=***&x=1")]
    [InlineData("?password=\"a\"b&x=1", "?password=***&x=1")]
    [InlineData("?password==a==&x=1", "?password=***&x=1")]
    [InlineData("oldPassword=a&newPassword=b", "oldPassword=***&newPassword=***")]
    [InlineData("client_assertion=abc refresh_token=def", "client_assertion=*** refresh_token=***")]
    [InlineData("?p_income=high&x=1", "?p_income=***&x=1")]
    [InlineData("?x=1&p_a[0]:b,c=high", "?x=1&p_a[0]:b,c=***")]
    [InlineData("?P%5Fincome=high", "?P%5Fincome=***")]
    [InlineData("Host=db;Password=a b", "Host=db;Password=*** b")] // an unquoted value with a space is no connection string, form or query
    [InlineData("Host=db;Password='a b';Database=x", "Host=db;Password='***';Database=x")]
    [InlineData("Login { name = me, password = abc }", "Login { name = me, password = *** }")]
    // JSON, also inside JSON.
    [InlineData("{\"password\":\"a\\\"b,c\",\"x\":1}", "{\"password\":\"***\",\"x\":1}")]
    [InlineData("{\"password\" : \"a\\\\\",\"x\":\"y\"}", "{\"password\" : \"***\",\"x\":\"y\"}")]
    [InlineData("{\"access_token\":\"abc\",\"expires_in\":5}", "{\"access_token\":\"***\",\"expires_in\":5}")]
    [InlineData("{\"code\": 12345, \"x\":1}", "{\"code\": ***, \"x\":1}")]
    [InlineData("{\"token\":[\"a]\",\"b\"],\"x\":1}", "{\"token\":***,\"x\":1}")]
    [InlineData("{\"secret\":{\"v\":\"}\"},\"x\":1}", "{\"secret\":***,\"x\":1}")]
    [InlineData("{\"clientSecret\":\"unfinished", "{\"clientSecret\":\"***")]
    [InlineData("{\"body\":\"{\\\"password\\\":\\\"a\\\\\\\"b\\\",\\\"x\\\":1}\"}", "{\"body\":\"{\\\"password\\\":\\\"***\\\",\\\"x\\\":1}\"}")]
    [InlineData("{\\u0022password\\u0022:\\u0022abc\\u0022,\\u0022x\\u0022:1}", "{\\u0022password\\u0022:\\u0022***\\u0022,\\u0022x\\u0022:1}")]
    [InlineData("{\"pass\\u0077ord\":\"abc\",\"x\":1}", "{\"pass\\u0077ord\":\"***\",\"x\":1}")]
    [InlineData("{\"url\":\"/x?a=1\\u0026token=abc\", \"x\":1}", "{\"url\":\"/x?a=1\\u0026token=*** \"x\":1}")]
    [InlineData("{'token':'abc','x':1}", "{'token':'***','x':1}")]
    [InlineData("{\"Authorization\":\"Basic abc\",\"x\":1}", "{\"Authorization\":\"***\",\"x\":1}")]
    // Headers.
    [InlineData("Authorization: Basic dTpw\r\nHost: x", "Authorization: ***\r\nHost: x")]
    [InlineData("authorization:Custom a, b=c\nAccept: */*", "authorization:***\nAccept: */*")]
    [InlineData("Proxy-Authorization: Digest username=\"u\", response=\"r\"", "Proxy-Authorization: ***")]
    [InlineData("Cookie: a=b; c=d\r\nX: y", "Cookie: ***\r\nX: y")]
    [InlineData("Set-Cookie: sid=1; HttpOnly", "Set-Cookie: ***")]
    [InlineData("Invalid request header: 'Authorization : abc\\x0D'", "Invalid request header: 'Authorization : ***")]
    [InlineData("[Host, x], [Authorization, Bearer a], [Cookie, a=b; c=d], [Accept, y]", "[Host, x], [Authorization, ***], [Cookie, ***], [Accept, y]")]
    [InlineData("[\"Authorization\",\"Bearer a\"]", "[\"Authorization\",\"***\"]")]
    [InlineData("sent Basic dXNlcjpwYXNzd29yZA== to it", "sent Basic *** to it")]
    [InlineData("sent bearer 0123456789abcdef0123 to it", "sent bearer *** to it")]
    [InlineData("password: hunter2 was wrong", "password: *** was wrong")]
    // Tokens, wherever they stand.
    [InlineData($"/x/{Token}/y", "/x/***/y")]
    [InlineData($"got '{Token}', {Token}", "got '***', ***")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "***")]
    [InlineData("eyJhbGciOiJSU0EifQ.a.b.c.d", "***")]
    public void A_secret_is_hidden_and_the_rest_stays(string text, string expected) => Assert.Equal(expected, Redactor.Redact(text));

    [Theory]
    [InlineData("")]
    [InlineData("Sluice listens on http://127.0.0.1:8080")]
    [InlineData("the token expired; its code is 5")]
    [InlineData("status code: 200, exit code 7")]
    [InlineData("Invalid token: the signature does not fit")]
    [InlineData("statusCode=200&next_code=2&tokens=5&codec=gzip")]
    [InlineData("passwords=no&error_code=7")]
    [InlineData("{\"statusCode\":200,\"error\":\"invalid_token\",\"codes\":[1]}")]
    [InlineData("Basic authentication and Bearer authentication are both refused")]
    [InlineData("password, token, code, and cookie")]
    [InlineData("[code] [token]")]
    [InlineData("eyJust a word. and.another")]
    [InlineData("https://h/p_x/y?up_z=1&map_k=2")]
    [InlineData("100% of %3D and %zz = x")]
    public void A_text_without_secrets_comes_back_as_it_is(string text) => Assert.Same(text, Redactor.Redact(text));

    [Fact]
    public void Any_text_is_redacted_without_a_fault_and_once_is_enough()
    {
        string[] pieces =
        [
            "token", "password", "code", "client_secret", "p_x", "Authorization", "Cookie", "Basic ", "Bearer ", "dTpwdTpwdTpw", "eyJ", Token, ".", "=", ":", ",", "%3D", "%3d",
            "%", "%5F", "\"", "'", "\\", "\\\"", "\\u0022", "u0022", "[", "]", "{", "}", "(", ")", "&", "?", ";", " ", "\t", "\r\n", "\0", "\ud800", "é", "a", "1", "***", "/", "-", "_",
        ];
        var random = new Random(20_260_101);
        for (var turn = 0; turn < 100_000; turn++)
        {
            var text = new StringBuilder();
            for (var piece = random.Next(1, 14); piece > 0; piece--)
                text.Append(pieces[random.Next(pieces.Length)]);

            var once = Redactor.Redact(text.ToString());

            Assert.True(once == Redactor.Redact(once), $"{text} became {once}, and then {Redactor.Redact(once)}");
        }
    }

    [Theory]
    [InlineData("client_secret")]
    [InlineData("token")]
    [InlineData("p_x")]
    public void Whatever_a_value_holds_nothing_of_it_is_left_where_it_was_written_as_it_should_be(string name)
    {
        var random = new Random(20_260_102);
        for (var turn = 0; turn < 20_000; turn++)
        {
            var value = "QZ" + new string([.. Enumerable.Range(0, random.Next(0, 12)).Select(_ => Characters[random.Next(Characters.Length)])]) + "QZ";
            var json = JsonSerializer.Serialize(new Dictionary<string, string> { [name] = value, ["next"] = "1" });

            string[] shown =
            [
                Redactor.Redact($"?x=1&{name}={Uri.EscapeDataString(value)}&next=1"),
                Redactor.Redact(json),
                Redactor.Redact(JsonSerializer.Serialize(json)),
                Redactor.Redact(JsonSerializer.Serialize(JsonSerializer.Serialize(json))),
                Redactor.Redact(JsonSerializer.Serialize(json, Relaxed)),
            ];

            Assert.All(shown, one => Assert.DoesNotContain("QZ", one, StringComparison.Ordinal));
            Assert.All(shown, one => Assert.Contains("next", one, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Parameters_messages_scopes_and_exceptions_reach_the_log_without_secrets()
    {
        using var book = new LogBook();
        using var factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new RedactingProvider(book)));
        var log = factory.CreateLogger("anything");

        using (log.BeginScope(new Dictionary<string, object?> { ["Cookie"] = "sQZa", ["Path"] = "/?token=QZb", ["Try"] = 3 }))
        using (log.BeginScope("code=QZc"))
        using (log.BeginScope(new Uri("http://h/?p_x=QZd")))
        {
            LogLine(log, "QZe", ["a", "QZf"], new InvalidOperationException("outer", new ArgumentException("refresh_token=QZg")));
        }

        var line = Assert.Single(book.Lines);
        Assert.DoesNotContain("QZ", line.Replace("QZf", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal("user 7 with *** and a, QZf", json.GetProperty("Message").GetString());
        Assert.Equal(7, json.GetProperty("State").GetProperty("User").GetInt32());
        Assert.Equal("***", json.GetProperty("State").GetProperty("Password").GetString());
        Assert.Contains("System.ArgumentException: refresh_token=***", json.GetProperty("Exception").GetString(), StringComparison.Ordinal);
        var scopes = json.GetProperty("Scopes").EnumerateArray().ToList();
        Assert.Equal(("***", "/?token=***", 3), (scopes[0].GetProperty("Cookie").GetString(), scopes[0].GetProperty("Path").GetString(), scopes[0].GetProperty("Try").GetInt32()));
        Assert.Equal(["code=***", "http://h/?p_x=***"], scopes[1..].Select(one => one.GetString()));
    }

    private static void LogLine(ILogger log, string password, string[] names, Exception failure) =>
        log.Log(
            LogLevel.Error, 1,
            new List<KeyValuePair<string, object?>> { new("User", 7), new("Password", password), new("Names", names) },
            failure, (_, _) => $"user 7 with {password} and {string.Join(", ", names)}");
}
