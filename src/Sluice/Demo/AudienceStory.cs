using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Demo;

/// <summary>The demo's second part: a rule and a segment, a visitor who enters it with the next call, and why.</summary>
internal sealed class AudienceStory(DemoApi api, StepPrinter print)
{
    private const string Name = "Demo: looks at lanterns";
    private const string Code = "sluice-demo";

    internal async Task TellAsync(CancellationToken cancellation)
    {
        print.Step("A trait says what somebody did", "POST /v1/traits/");
        var source = await FindOrCreateSourceAsync(cancellation);
        var trait = await FindOrCreateAsync("/v1/traits/", new JsonObject
        {
            ["name"] = Name,
            ["traitType"] = "RULE_BASED_TRAIT",
            ["dataSourceId"] = source,
            ["folderId"] = 0,
            ["traitRule"] = "\"product\" contains \"lantern\"",
        }, cancellation);
        print.Done($"trait {trait}: \"product\" contains \"lantern\"");

        print.Step("Who would be in a segment of it? Counted exactly, before it is saved", "POST /v1/segments/preview");
        var rule = string.Create(CultureInfo.InvariantCulture, $"{trait}T");
        var preview = await api.CreateAsync("/v1/segments/preview", new JsonObject { ["segmentRule"] = rule }, cancellation);
        print.Done($"{preview["count"]} of everybody known so far");

        print.Step("The segment, live from the next call on", "POST /v1/segments/");
        var segment = await FindOrCreateAsync("/v1/segments/", new JsonObject
        {
            ["name"] = Name,
            ["segmentRule"] = rule,
            ["dataSourceId"] = source,
            ["folderId"] = 0,
        }, cancellation);
        print.Done($"segment {segment}");

        print.Step("A new visitor looks at a lantern", "GET /event?product=towpath+lantern&d_rtbd=json&d_cts=2");
        var answer = await api.GetAsync("/event?product=towpath+lantern&d_rtbd=json&d_cts=2", cancellation);
        print.Line(answer.ToJsonString());
        var visitor = answer["uuid"]!.GetValue<string>();
        print.Promise(answer["segments"]!.AsArray().Any(one => (long)one! == segment), "the answer of that very call knows the segment");

        print.Step("Why is this visitor in it?", $"GET /v1/segments/{segment}/explain?namespace=0&id={visitor}");
        var why = await api.GetAsync($"/v1/segments/{segment}/explain?namespace=0&id={visitor}", cancellation);
        print.Line(why.ToJsonString());
        print.Promise(why["isMember"]!.GetValue<bool>(), "because of that trait, with its count and its days");
    }

    private async Task<long> FindOrCreateSourceAsync(CancellationToken cancellation)
    {
        var known = (await api.GetAsync("/v1/datasources/", cancellation)).AsArray().FirstOrDefault(one => one!["integrationCode"]?.GetValue<string>() == Code);
        var source = known ?? await api.CreateAsync("/v1/datasources/", new JsonObject { ["name"] = "Demo shop", ["integrationCode"] = Code, ["idType"] = "COOKIE" }, cancellation);
        return (long)source["dataSourceId"]!;
    }

    private async Task<long> FindOrCreateAsync(string path, JsonObject wanted, CancellationToken cancellation)
    {
        var known = (await api.GetAsync(path, cancellation)).AsArray().FirstOrDefault(one => one!["name"]!.GetValue<string>() == Name);
        return (long)(known ?? await api.CreateAsync(path, wanted, cancellation))["sid"]!;
    }
}
