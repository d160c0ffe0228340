using System.Globalization;

namespace Sluice.Demo;

/// <summary>The target of the demo's proxy: a service of its own that counts how often it is asked.</summary>
internal sealed class WeatherService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _calls;

    private WeatherService(WebApplication app) => _app = app;

    internal int Calls => Volatile.Read(ref _calls);

    internal int Port => new Uri(_app.Urls.Single()).Port;

    internal static async Task<WeatherService> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var service = new WeatherService(app);
        app.MapGet("/{**path}", service.Answer);
        await app.StartAsync(cancellation);
        return service;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Answer(HttpRequest request)
    {
        var call = Interlocked.Increment(ref _calls);
        return Results.Text(string.Create(CultureInfo.InvariantCulture, $"{{\"place\":\"{(request.Query["w"].ToString() is { Length: <= 20 } place && place.All(char.IsAsciiDigit) ? place : "?")}\",\"sky\":\"clear\",\"askedTimes\":{call}}}"), "application/json");
    }
}
