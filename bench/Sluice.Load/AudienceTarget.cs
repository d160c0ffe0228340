using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Load;

/// <summary>A running Sluice with traits, segments and a cookie that says which of them a visitor is in; and what calls and messages must say for each.</summary>
/// <remarks>Of every four products two lead into one segment, and a third keeps out: a call for one of the other two must be answered without a cookie.</remarks>
internal sealed class AudienceTarget
{
    internal const int Traits = 200;
    internal const int Segments = 50;

    private const string Cookie = "shop";

    private readonly HttpClient _http;

    private AudienceTarget(HttpClient http, Uri address) => (_http, Address) = (http, address);

    internal Uri Address { get; }

    internal static async Task<AudienceTarget> PrepareAsync(HttpClient http, ServerProcess server, CancellationToken cancellation)
    {
        var target = new AudienceTarget(http, server.Address);
        var source = await target.AddAsync("/v1/datasources/", """{"name":"shop"}""", "dataSourceId", cancellation);
        var traits = new long[Traits];
        for (var product = 0; product < Traits; product++)
        {
            var rule = $"product == {product.ToString(CultureInfo.InvariantCulture)} OR \\\"productListItems.SKU\\\" == \\\"SKU-{product.ToString(CultureInfo.InvariantCulture)}\\\"";
            traits[product] = await target.AddAsync(
                "/v1/traits/", $$"""{"name":"product {{product}}","traitType":"RULE_BASED_TRAIT","dataSourceId":{{source}},"folderId":0,"traitRule":"{{rule}}"}""", "sid", cancellation);
        }
        var cookie = await target.AddAsync(
            "/v1/destinations/", $$"""{"name":"cookie","destinationType":"ADS","cookieName":"{{Cookie}}","formatType":"single_key","singleKey":"s"}""", "destinationId", cancellation);
        for (var segment = 0; segment < Segments; segment++)
        {
            var first = segment * (Traits / Segments);
            var sid = await target.AddAsync(
                "/v1/segments/",
                $$"""{"name":"segment {{segment}}","segmentRule":"({{traits[first]}}T OR {{traits[first + 1]}}T) AND NOT {{traits[first + 2]}}T","dataSourceId":{{source}},"folderId":0}""", "sid", cancellation);
            await target.AddAsync(
                $"/v1/destinations/{cookie}/mappings/",
                $$"""{"sid":{{sid}},"traitType":"SEGMENT","startDate":"2020-01-01","traitAlias":"s","valueAlias":"{{segment}}"}""", "mappingId", cancellation);
        }
        return target;
    }

    /// <summary>Whether whoever looked at one product only is in a segment.</summary>
    internal static bool Qualifies(long product) => product % (Traits / Segments) < 2;

    /// <summary>What the answer to a call for a product must hold, of somebody who did nothing else; what no answer may hold when nothing follows from it.</summary>
    internal static byte[] AnswerFor(long product) => Qualifies(product)
        ? Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"cv\":\"s={product / (Traits / Segments)}\""))
        : "\"cv\":"u8.ToArray();

    /// <summary>Has messages of a target's dataset go to profiles.</summary>
    internal async Task EnableForProfilesAsync(SluiceTarget target, CancellationToken cancellation)
    {
        using var content = new StringContent("""{"tags":{"unifiedProfile":["enabled:true"]}}""", Encoding.UTF8, "application/json");
        using var answer = await _http.PatchAsync(new Uri(Address, "/data/foundation/catalog/dataSets/" + target.DatasetId), content, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<long> AddAsync(string path, string body, string id, CancellationToken cancellation)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(Address, path), content, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.IsSuccessStatusCode ? (long)JsonNode.Parse(text)![id]! : throw new InvalidOperationException(text);
    }
}
