using System.Net;
using Microsoft.AspNetCore.Http;
using Sluice.Hosting;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Program;

/// <summary>The headers that every answer of our own carries, and those that none does.</summary>
public sealed class SafeHeaderTests : IDisposable
{
    private readonly TestCertificates _authority = new();
    private readonly string _pem = Path.GetTempFileName();

    public void Dispose() => File.Delete(_pem);

    [Theory]
    [InlineData("GET", "/health/live", HttpStatusCode.OK)]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/ims/token/v3", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/ims/token/v3", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/data/foundation/catalog/batches", HttpStatusCode.Forbidden)]
    public async Task Every_answer_carries_them_also_those_that_refuse(string method, string path, HttpStatusCode status)
    {
        await using var house = await TestHouse.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await house.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task An_answer_to_a_fault_carries_them_although_it_was_begun_anew()
    {
        await using var house = await TestHouse.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ims/token/v3") { Content = new ByteArrayContent(new byte[(64 << 10) + 1]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");

        using var answer = await house.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
    }

    [Theory]
    [InlineData(null, "max-age=31536000")]
    [InlineData("Tls:Hsts=1.00:00:00", "max-age=86400")]
    [InlineData("Tls:Hsts=00:00:00", null)]
    public async Task Https_alone_insists_on_https_for_as_long_as_is_set(string? setting, string? expected)
    {
        var leaf = _authority.Leaf();
        await File.WriteAllTextAsync(_pem, TestCertificates.Pem(leaf) + TestCertificates.KeyPem(leaf), TestContext.Current.CancellationToken);
        string[] settings = [$"Tls:Certificate={_pem}", .. setting is null ? Array.Empty<string>() : [setting]];
        await using var house = await TestHouse.StartAsync(new ServerSettings { Urls = "https://127.0.0.1:0" }, StoreKind.Sqlite, settings);
        using var visit = await TlsVisit.OpenAsync(house.Address);

        var lines = (await visit.AskAsync()).Split("\r\n");

        Assert.Contains("X-Content-Type-Options: nosniff", lines);
        Assert.Equal(
            expected is null ? [] : [$"Strict-Transport-Security: {expected}"],
            lines.Where(line => line.StartsWith("Strict-Transport-Security", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_endpoint_that_passes_on_anothers_answer_is_left_untouched()
    {
        var headers = new SafeHeaders(TimeSpan.FromDays(365));
        var passedOn = new DefaultHttpContext { Request = { Scheme = "https" } };
        passedOn.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(UntouchedHeaders.Mark), null));
        var ours = new DefaultHttpContext { Request = { Scheme = "https" } };

        await headers.ServeAsync(passedOn, _ => Task.CompletedTask);
        await headers.ServeAsync(ours, _ => Task.CompletedTask);

        Assert.Empty(passedOn.Response.Headers);
        Assert.Equal(3, ours.Response.Headers.Count);
    }

    [Fact]
    public void Setting_them_on_a_connection_that_has_answered_before_allocates_nothing()
    {
        var headers = new SafeHeaders(TimeSpan.FromDays(365));
        var http = new DefaultHttpContext { Request = { Scheme = "https" } };
        var next = new RequestDelegate(_ => Task.CompletedTask);
        for (var warmUp = 0; warmUp < 1_000; warmUp++)
            Serve();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var request = 0; request < 1_000; request++)
            Serve();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Serve()
        {
            http.Response.Headers.Clear();
            Assert.True(headers.ServeAsync(http, next).IsCompletedSuccessfully);
        }
    }
}
