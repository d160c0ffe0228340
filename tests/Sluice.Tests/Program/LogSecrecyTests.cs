using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Hosting;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Program;

/// <summary>The whole program at its most talkative, given secrets in every way a client can give them.</summary>
public sealed class LogSecrecyTests
{
    private const string Jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.WQZj1WQZj1WQZj1";

    private static readonly string[] Names =
    [
        "client_secret", "password", "oldPassword", "newPassword", "refresh_token", "access_token", "token", "code", "code_verifier", "jwt_token", "client_assertion", "p_signal",
    ];

    private static readonly string[] Paths =
    [
        "/ims/token/v3", "/data/foundation/catalog/batches", "/data/foundation/schemaregistry/tenant/schemas", "/data/core/edge/inlet", "/collection/0123", "/nowhere", "/metrics",
    ];

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task No_secret_is_ever_logged(StoreKind kind)
    {
        using var book = new LogBook();
        List<string> secrets = [];
        string clientSecret, token;
        await using (var house = await TestHouse.StartAsync(new ServerSettings { LogTo = book }, kind, "Logging:LogLevel:Default=Trace", "Logging:LogLevel:Microsoft.AspNetCore=Trace"))
        {
            clientSecret = house.Credentials["client"]!["clientSecret"]!.ToString();
            token = await house.TokenAsync();
            foreach (var path in Paths)
            {
                foreach (var scheme in new[] { $"Basic {Base64(NewSecret())}", $"Bearer {Jwt}", $"Bearer {token}", $"Bearer {NewSecret()}", $"Custom a, {NewSecret()}" })
                    await SendAsync(house, path, scheme);
            }
            await SendRawAsync(house, $"GET /x?token={NewSecret()} HTTP/1.1\r\nHost: h\r\nAuthorization : Basic {Base64(NewSecret())}\r\n\r\n");
            await SendRawAsync(house, $"GET /x?client%5Fsecret={NewSecret()}&%2 HTTP/9.1\r\nHost: h\r\n\r\n");
            await SendRawAsync(house, $"GET / HTTP/1.1\r\nHost: h\r\nCookie: sid={NewSecret()}\0\r\n\r\n");
        }

        string Base64(string secret) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"client:{secret}"));

        string NewSecret()
        {
            secrets.Add($"WQZ{secrets.Count:d5}");
            return secrets[^1];
        }

        async Task SendAsync(TestHouse house, string path, string authorization)
        {
            var fields = Names.ToDictionary(name => name, _ => NewSecret());
            var query = string.Join('&', fields.Select(one => $"{one.Key}={one.Value}"));
            HttpContent[] bodies =
            [
                new FormUrlEncodedContent(fields),
                new StringContent($"{{{string.Join(',', fields.Select(one => $"\"{one.Key}\":\"{one.Value}\""))}}}", Encoding.UTF8, "application/json"),
                new StringContent($"{{\"password\":\"{NewSecret()}\",", Encoding.UTF8, "application/json"),
            ];
            foreach (var body in bodies)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"{path}?{query}&name=value") { Content = body };
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
                request.Headers.TryAddWithoutValidation("Cookie", $"session={NewSecret()}; other={NewSecret()}");
                request.Headers.TryAddWithoutValidation("x-gw-ims-org-id", house.OrgId);
                using var answer = await house.Http.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
            }
            using var get = new HttpRequestMessage(HttpMethod.Get, $"{path}/{Jwt}?{query}&name=value");
            get.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var got = await house.Http.SendAsync(get, TestContext.Current.CancellationToken);
        }

        var log = book.Text;
        Assert.True(book.CountOf("client_secret=***") > Paths.Length, "queries are logged at this level");
        Assert.True(book.CountOf("name=value") > Paths.Length, "and the rest of them is readable");
        Assert.True(book.CountOf("bad request data") >= 2, "and so are requests that cannot be read");
        Assert.DoesNotContain(clientSecret, log, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Split('.')[2], log, StringComparison.Ordinal);
        Assert.DoesNotContain("Y2xpZW50Ol", log, StringComparison.Ordinal); // client: in base64
        Assert.DoesNotContain("WQZ", log, StringComparison.Ordinal); // what every secret here begins with
    }

    private static async Task SendRawAsync(TestHouse house, string request)
    {
        var address = new Uri(house.Address);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        await tcp.GetStream().ReadAtLeastAsync(new byte[12], 12, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
    }
}
