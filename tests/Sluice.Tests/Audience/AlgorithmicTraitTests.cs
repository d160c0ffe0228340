using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Algorithmic traits: whom they take of a model's audience (contract audience.md 3.3).</summary>
[Contract("audience 3.3")]
public sealed class AlgorithmicTraitTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const string Path = "/v1/traits/";

    [Theory]
    [InlineData(""" "thresholdType":"REACH","thresholdValue":25000000 """, "REACH", 25_000_000)]
    [InlineData(""" "thresholdType":"reach","thresholdValue":"1" """, "REACH", 1)]
    [InlineData(""" "thresholdType":"ACCURACY","thresholdValue":0.25 """, "ACCURACY", 0.25)]
    [InlineData(""" "thresholdType":"ACCURACY","accuracy":1 """, "ACCURACY", 1)]
    [InlineData(""" "accuracy":"0.5","comments":"","type":0,"traitRule":null """, "ACCURACY", 0.5)]
    public async Task A_trait_takes_the_most_accurate_or_the_first_of_a_model(string threshold, string type, double value)
    {
        var desk = shared.Desk;
        var body = await BodyAsync(desk, threshold);

        var made = await desk.AddAsync(Path, body);
        var again = await desk.Admin.SendAsync(HttpMethod.Put, Path + made["sid"], made.ToJsonString()); // the whole answer goes back
        var renamed = await desk.Admin.SendAsync(HttpMethod.Put, Path + made["sid"], """{"name":"x"}""");
        var listed = await desk.Admin.GetAsync(Path + $"?usesModel={made["algoModelId"]}");

        Assert.Equal((type, value), ((string)made["thresholdType"]!, (double)made["thresholdValue"]!));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (again.Status, renamed.Status));
        Assert.Equal((type, value), ((string)renamed.Json["thresholdType"]!, (double)renamed.Json["thresholdValue"]!));
        Assert.Contains(listed.Json.AsArray(), row => (long)row!["sid"]! == (long)made["sid"]!);
        Assert.All(listed.Json.AsArray(), row => Assert.Equal("ALGO_TRAIT", (string)row!["traitType"]!));
    }

    [Theory]
    [InlineData(""" "thresholdValue":0.5 """, "thresholdType must be one of REACH, ACCURACY")]
    [InlineData(""" "thresholdType":"SIZE","thresholdValue":0.5 """, "thresholdType must be one of REACH, ACCURACY")]
    [InlineData(""" "thresholdType":"REACH" """, "thresholdValue is required")]
    [InlineData(""" "thresholdType":"REACH","thresholdValue":null """, "thresholdValue is required")]
    [InlineData(""" "thresholdType":"REACH","thresholdValue":0 """, "thresholdValue must be a whole number")]
    [InlineData(""" "thresholdType":"REACH","thresholdValue":1.5 """, "thresholdValue must be a whole number")]
    [InlineData(""" "thresholdType":"REACH","thresholdValue":25000001 """, "thresholdValue must be a whole number")]
    [InlineData(""" "thresholdType":"ACCURACY","thresholdValue":1.01 """, "thresholdValue must be from 0 to 1")]
    [InlineData(""" "thresholdType":"ACCURACY","thresholdValue":-0.1 """, "thresholdValue must be from 0 to 1")]
    [InlineData(""" "accuracy":2 """, "accuracy must be from 0 to 1")]
    [InlineData(""" "accuracy":"much" """, "accuracy must be a number")]
    [InlineData(""" "accuracy":1e999 """, "accuracy must be a number")]
    [InlineData(""" "accuracy":[1] """, "accuracy must be a number")]
    [InlineData(""" "accuracy":1,"comments":"c" """, "comments must be absent")]
    [InlineData(""" "accuracy":1,"type":1 """, "type must be absent")]
    [InlineData(""" "accuracy":1,"traitRule":"a==1" """, "traitRule must be absent")]
    [InlineData(""" "accuracy":1,"algoModelId":999 """, "algoModelId names no model: 999")]
    [InlineData(""" "accuracy":1,"algoModelId":null """, "algoModelId is required")]
    public async Task A_trait_without_a_model_or_a_sensible_threshold_is_refused(string threshold, string says)
    {
        var desk = shared.Desk;
        var body = await BodyAsync(desk, threshold);
        var before = await desk.Admin.GetAsync(Path);

        var refused = await desk.Admin.PostTextAsync(Path, body);

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", says);
        Assert.Equal(before.Text, (await desk.Admin.GetAsync(Path)).Text);
    }

    [Fact]
    public async Task Other_traits_have_no_model()
    {
        var desk = shared.Desk;
        var sid = await desk.AddTraitAsync(await desk.AddDataSourceAsync("shop"));

        var given = await desk.Admin.SendAsync(HttpMethod.Put, Path + sid, """{"algoModelId":1}""");
        var empty = await desk.Admin.SendAsync(HttpMethod.Put, Path + sid, """{"algoModelId":null}""");

        CatalogueDesk.AssertRefused(given, HttpStatusCode.BadRequest, "validation_error", "algoModelId must be absent");
        Assert.Equal(HttpStatusCode.OK, empty.Status);
        Assert.DoesNotContain("thresholdType", CatalogueDesk.Members(empty.Json));
    }

    // Members of the threshold win over those of the body.
    private static async Task<string> BodyAsync(CatalogueDesk desk, string threshold)
    {
        var known = (await desk.Admin.GetAsync("/v1/models/")).Json.AsArray();
        var source = (await desk.Admin.GetAsync("/v1/datasources/")).Json[0]!["dataSourceId"]!.GetValue<long>();
        var model = known.Count > 0 ? known[0]!
            : await desk.AddAsync("/v1/models/", $$"""{"name":"m","dataSources":[{{source}}],"sid":{{await desk.AddTraitAsync(source)}}}""");
        var body = JsonNode.Parse($$"""{"name":"alike","traitType":"ALGO_TRAIT","dataSourceId":{{source}},"folderId":0}""")!.AsObject();
        body["algoModelId"] = model["algoModelId"]!.DeepClone();
        foreach (var (name, value) in JsonNode.Parse("{" + threshold + "}")!.AsObject())
            body[name] = value?.DeepClone();
        return body.ToJsonString();
    }
}
