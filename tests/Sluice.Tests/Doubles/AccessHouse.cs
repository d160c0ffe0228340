using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Access;
using Sluice.Storage;

namespace Sluice.Tests.Doubles;

/// <summary>
/// The Access door alone behind a real listener, with one route per area that says who called: what the doors to come see of it. Several may
/// share a store, as the nodes of a cluster do.
/// </summary>
internal sealed class AccessHouse : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Installation _installation;

    private AccessHouse(WebApplication app, Installation installation, AccessRuntime access)
    {
        (_app, _installation, Access) = (app, installation, access);
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(Address) };
    }

    internal AccessRuntime Access { get; }

    internal string Address { get; }

    internal HttpClient Http { get; }

    internal static async Task<AccessHouse> StartAsync(string folder, string? postgres, TimeProvider clock, AccessOptions? options = null)
    {
        var installation = Installation.Open(new StorageOptions { Data = folder, Postgres = postgres, Environments = ["beta"] });
        var access = await AccessRuntime.OpenAsync(installation, options ?? new AccessOptions(), null, clock, TestContext.Current.CancellationToken);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAccess(access);
        var app = builder.Build();
        app.MapAccess();
        foreach (var area in Enum.GetValues<AccessArea>())
        {
            var group = app.MapGroup("/test/" + area).RequireCaller(area);
            group.MapGet("", WhoCalls);
            group.MapPost("", WhoCalls);
        }
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AccessHouse(app, installation, access);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Access.DisposeAsync();
        await _installation.DisposeAsync();
    }

    private static string WhoCalls(HttpContext http) => $"{Caller.Of(http).Name} in {RequestEnvironment.Of(http)}";
}
