using System.Net;
using Sluice.Tests.Audience;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.OpenApi;

/// <summary>The reference page as it leaves the server; what it does in a browser is tested where there is one.</summary>
[Contract("audience Ruling 8")]
public sealed class ReferencePageTests
{
    [Theory]
    [InlineData("/v1/docs", "text/html")]
    [InlineData("/api/v1/docs", "text/html")]
    [InlineData("/portal/api/v1/docs/", "text/html")]
    [InlineData("/v1/docs/reference.css", "text/css")]
    [InlineData("/v1/docs/reference.js", "text/javascript")]
    [Statement("B12")]
    public async Task The_page_is_served_to_everybody_kept_by_browsers_and_can_load_nothing_from_elsewhere(string path, string mediaType)
    {
        await using var house = await TestHouse.StartAsync();

        using var first = await house.Http.GetAsync(path, TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await house.Http.SendAsync(again, TestContext.Current.CancellationToken);

        var text = await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, mediaType), (first.StatusCode, first.Content.Headers.ContentType!.MediaType));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';", first.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", first.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("/v1/openapi.json")]
    [InlineData("/api/v1/openapi.json")]
    [InlineData("/portal/api/v1/openapi.json")]
    public async Task The_document_stands_beside_the_paths_that_it_describes(string path)
    {
        await using var house = await TestHouse.StartAsync();

        var beside = await house.Http.GetByteArrayAsync(path, TestContext.Current.CancellationToken);
        var among = await house.Http.GetByteArrayAsync("/openapi/audience.json", TestContext.Current.CancellationToken);

        Assert.Equal(among, beside);
    }

    [Fact]
    [Statement("B17", "B18")]
    public async Task The_call_that_the_page_is_first_tried_with_lists_the_data_sources_on_the_legacy_host_without_a_key()
    {
        await using var desk = await CatalogueDesk.StartAsync();

        var answer = await desk.Admin.GetAsync("/v1/datasources/", ("Host", "api.demdex.com"), ("accept", "application/json"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("adobe-provided", Assert.Single(answer.Json.AsArray())!["integrationCode"]!.GetValue<string>());
    }
}
