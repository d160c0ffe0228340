using System.Text.Json.Nodes;

namespace Sluice.Demo;

/// <summary>The demo's third part: a bundle is imported and deployed, and its cache spares the service behind it.</summary>
internal sealed class GatewayStory(DemoApi api, StepPrinter print, string organization, WeatherService weather)
{
    private const string Proxy = "weather";
    private const string Server = "weather-service";
    private const string Told = "served-from-cache";

    internal async Task TellAsync(CancellationToken cancellation)
    {
        var org = $"/v1/organizations/{organization}";
        var environment = org + "/environments/production";

        print.Step("An API proxy, as the zip that its authors have", $"POST {org}/apis?action=import&name={Proxy}");
        var servers = environment + "/targetservers";
        var server = new JsonObject { ["name"] = Server, ["host"] = "127.0.0.1", ["port"] = weather.Port };
        await api.CreateAsync(await api.IsThereAsync($"{servers}/{Server}", cancellation) ? $"{servers}/{Server}" : servers, server, cancellation);
        var imported = await api.ImportAsync($"{org}/apis?action=import&name={Proxy}", Samples.Zip(Proxy), cancellation);
        var revision = imported["revision"]!.GetValue<string>();
        print.Done($"revision {revision}: {string.Join(", ", imported["policies"]!.AsArray().Select(name => name!.GetValue<string>()))}");

        print.Step("It is deployed", $"POST {environment}/apis/{Proxy}/revisions/{revision}/deployments?override=true");
        await api.CreateAsync($"{environment}/apis/{Proxy}/revisions/{revision}/deployments?override=true", new JsonObject(), cancellation);
        print.Done("and serves /weather at once");

        print.Step("The first call goes to the service, the second does not", "GET /weather/forecastrss?w=23424778");
        var before = weather.Calls;
        var first = await api.CallAsync("/weather/forecastrss?w=23424778", Told, cancellation);
        var second = await api.CallAsync("/weather/forecastrss?w=23424778", Told, cancellation);
        print.Line($"{Told}: {first.Told}  {first.Body}");
        print.Line($"{Told}: {second.Told}  {second.Body}");
        print.Promise(first.Told == "false" && second.Told == "true" && first.Body == second.Body && weather.Calls == before + 1, "the service was asked once");

        print.Step("A client has the entry made anew", "GET /weather/forecastrss?w=23424778  bypass-cache: true");
        var bypassed = await api.CallAsync("/weather/forecastrss?w=23424778", Told, cancellation, ("bypass-cache", "true"));
        var after = await api.CallAsync("/weather/forecastrss?w=23424778", Told, cancellation);
        print.Line($"{Told}: {bypassed.Told}  {bypassed.Body}");
        print.Line($"{Told}: {after.Told}  {after.Body}");
        print.Promise(bypassed.Told == "false" && after.Told == "true" && after.Body == bypassed.Body && weather.Calls == before + 2, "asked again, and the new answer is kept");
    }
}
