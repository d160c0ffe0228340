using System.Net;
using System.Text;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>What no family takes, and what it says then: contract audience.md 1.4.</summary>
[Contract("audience 1.4")]
public sealed class BadBodyTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private static readonly string[] Families = ["/v1/signals/derived", "/v1/partner-sites", "/v1/customer-trait-types", "/v1/models"];

    [Theory]
    [InlineData("", "invalid_json")]
    [InlineData("{", "invalid_json")]
    [InlineData("[]", "invalid_json")]
    [InlineData("null", "invalid_json")]
    [InlineData("\"x\"", "invalid_json")]
    [InlineData("""{"name":"a","name":"b"}""", "invalid_json")]
    [InlineData("""{"\ud800":1}""", "invalid_json")]
    [InlineData("""{"name":"a","a":[{"\udc00":{}}]}""", "invalid_json")]
    [InlineData("{}", "validation_error")]
    [InlineData("""{"name":{},"url":[],"sourceKey":{}}""", "validation_error")]
    [InlineData("""{"name":"\u0000","url":"\u0000","sourceKey":"\u0000"}""", "validation_error")]
    [InlineData("""{"name":"\ud800","url":"\ud800","sourceKey":"\ud800","status":"\ud800"}""", "validation_error")]
    [InlineData("""{"name":"m","sid":1e400,"dataSources":[1e400,{}],"excludedTraits":[[[[]]]]}""", "validation_error")]
    [Statement("B5")]
    public async Task A_bad_body_is_refused_with_its_reason_and_changes_nothing(string body, string code)
    {
        var desk = shared.Desk;

        foreach (var path in Families)
        {
            var before = await desk.Admin.GetAsync(path);
            var refused = await desk.Admin.PostTextAsync(path, body);
            if (path.EndsWith("types", StringComparison.Ordinal) && body.Contains("\"m\"", StringComparison.Ordinal))
                continue; // a good name is all that a trait type needs

            CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, code);
            Assert.Equal(before.Text, (await desk.Admin.GetAsync(path)).Text);
        }
    }

    [Fact]
    public async Task A_body_that_is_not_sent_as_JSON_is_refused()
    {
        var desk = shared.Desk;

        foreach (var path in Families)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{}", Encoding.UTF8, "text/plain") };

            CatalogueDesk.AssertRefused(await desk.Admin.SendAsync(request), HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        }
    }

    [Fact]
    [Contract("audience 1.3")]
    public async Task Every_family_is_served_under_all_three_bases()
    {
        var desk = shared.Desk;

        foreach (var root in new[] { "/v1", "/api/v1", "/portal/api/v1" })
        {
            foreach (var path in new[]
            {
                "/signals/derived/", "/partner-sites/", "/schemas/", "/customer-trait-types/", "/taxonomies/0/", "/models/", "/models/limits", "/algorithms/",
                "/dcs-regions/", "/limits", "/datasources/configurations/available-id-types",
            })
                Assert.Equal(HttpStatusCode.OK, (await desk.Admin.GetAsync(root + path)).Status);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.House.Http.GetAsync(new Uri("/v1/models/", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
    }
}
