using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration.Json;
using Sluice.Access;
using Sluice.Audience;
using Sluice.Collection;
using Sluice.Gateway;
using Sluice.Journal;
using Sluice.Metrics;
using Sluice.Redaction;
using Sluice.Storage;
using Sluice.WebConsole;

namespace Sluice.Hosting;

/// <summary>The whole program as one object: opens what is on disk, opens the doors, and closes both in the opposite order.</summary>
internal sealed class SluiceServer : IAsyncDisposable
{
    // Each door bounds its own bodies, with its own answer; this stands behind them all, above the largest they may be set to.
    private const long MaxBodyBytes = 17L << 20;

    /// <summary>How long a stop may take: answers under way, then the last cut of landing.</summary>
    internal static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly Stack<IAsyncDisposable> _opened;

    private SluiceServer(WebApplication app, Stack<IAsyncDisposable> opened, AccessRuntime access)
    {
        _app = app;
        _opened = opened;
        NewCredentialsPath = access.NewCredentialsPath;
    }

    /// <summary>Where clients reach it, with the real port when 0 was asked for.</summary>
    internal IReadOnlyList<string> Addresses =>
        [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>The credentials file that this start wrote, or null when the folder had one already.</summary>
    internal string? NewCredentialsPath { get; }

    /// <summary>The data folder.</summary>
    internal string Folder => _app.Services.GetRequiredService<Installation>().Folder;

    /// <summary>What it is made of, for tests that look inside.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>Every route of every door that is open.</summary>
    internal IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints);

    /// <summary>Whether a failure to start is something the operator can read and mend, and so needs no stack trace.</summary>
    internal static bool IsStartFault(Exception failure) =>
        failure is InvalidOperationException or ArgumentException or IOException or JournalException or StoreUnavailableException
            or UnauthorizedAccessException or System.Data.Common.DbException;

    /// <summary>Starts, and returns once requests are served.</summary>
    internal static async Task<SluiceServer> StartAsync(ServerSettings settings, CancellationToken cancellation)
    {
        var builder = CreateBuilder(settings);
        var configuration = builder.Configuration;
        var roles = Roles.Parse(settings.Roles ?? configuration["Roles"]);
        var collectionOptions = configuration.GetSection("Collection").Get<CollectionOptions>() ?? new CollectionOptions();
        var audienceOptions = configuration.GetSection("Audience").Get<AudienceOptions>() ?? new AudienceOptions();
        var gatewayOptions = configuration.GetSection("Gateway").Get<GatewayOptions>() ?? new GatewayOptions();
        if ((collectionOptions.Fault ?? audienceOptions.Fault ?? gatewayOptions.Fault) is { } fault)
            throw new InvalidOperationException(fault);

        var clock = settings.Clock ?? TimeProvider.System;
        using var starting = LoggerFactory.Create(logging =>
        {
            logging.AddConfiguration(configuration.GetSection("Logging"));
            logging.AddRedactedLogging(settings, configuration);
        });
        var opened = new Stack<IAsyncDisposable>();
        try
        {
            // 1. What is on disk: databases, then journals (recovered), then the doors' own tables.
            var installation = Installation.Open(StorageOptionsOf(settings, configuration));
            opened.Push(installation);
            var access = await AccessRuntime.OpenAsync(
                installation, configuration.GetSection("Access").Get<AccessOptions>() ?? new AccessOptions(), settings.BootstrapFile, clock, cancellation);
            opened.Push(access);
            var graphs = await EnvironmentGraphs.OpenAsync(
                installation, configuration.GetSection("Journal").Get<JournalSettings>() ?? new JournalSettings(),
                [.. roles.HasFlag(Role.Collection) ? CollectionModule.JournalConsumers : [], .. roles.HasFlag(Role.Audience) ? AudienceModule.JournalConsumers : []], clock, starting.CreateLogger<EventJournal>());
            opened.Push(graphs);

            // 2. The doors.
            builder.Services.AddSingleton(clock).AddSingleton(installation).AddSingleton(graphs).AddSingleton<PrometheusText>().AddSingleton<Figures>();
            builder.Services.AddAccess(access);
            if (roles.HasFlag(Role.Collection))
            {
                CollectionSource[] sources = [.. graphs.All.Select(graph => new CollectionSource(graph.Storage, graph.Journal))];
                var collection = await CollectionRuntime.OpenAsync(
                    sources, access.Organisation, collectionOptions, clock, starting.CreateLogger<CollectionRuntime>(), cancellation);
                builder.Services.AddCollection(collection, collectionOptions);
            }
            if (roles.HasFlag(Role.Audience))
            {
                AudienceSource[] sources = [.. graphs.All.Select(graph => new AudienceSource(graph.Storage, graph.Journal, Lands: roles.HasFlag(Role.Collection)))];
                var audience = await AudienceRuntime.OpenAsync(sources, access, audienceOptions, clock, starting.CreateLogger<AudienceRuntime>(), cancellation);
                opened.Push(audience);
                builder.Services.AddAudience(audience, audienceOptions);
            }
            if (roles.HasFlag(Role.Gateway))
                builder.Services.AddGateway(gatewayOptions);

            // 3. The routes, then the listener.
            var app = builder.Build();
            opened.Push(app);
            app.UseTrustedProxies();
            if (roles.HasFlag(Role.Gateway))
                app.UseGateway();
            if (roles.HasFlag(Role.Audience))
                app.UseAudiencePaths();
            if (roles.HasFlag(Role.Gateway))
                app.UseGatewayPaths();
            app.UseRouting();
            app.UseSafeListener();
            app.UseRequestLineBound();
            app.UseFaultAnswers();
            app.MapOperations();
            app.MapOverview(roles);
            app.MapAccess();
            if (roles.HasFlag(Role.Collection))
                app.MapCollection();
            if (roles.HasFlag(Role.Audience))
                app.MapAudience();
            if (roles.HasFlag(Role.Gateway))
                app.MapGateway();
            if (roles.HasFlag(Role.Console))
                app.MapConsole();
            app.Services.GetRequiredService<PrometheusText>().Start();
            app.Services.GetRequiredService<Figures>(); // begins to count now, not when somebody first looks
            await app.StartAsync(cancellation);
            return new SluiceServer(app, opened, access);
        }
        catch
        {
            await CloseAsync(opened);
            throw;
        }
    }

    /// <summary>Returns when the program is told to stop and every request under way has its answer.</summary>
    internal async Task WaitForStopAsync(CancellationToken cancellation)
    {
        await using var stop = cancellation.Register(_app.Lifetime.StopApplication);
        await _app.WaitForShutdownAsync(CancellationToken.None);
    }

    /// <summary>Stops taking requests, finishes those under way, lets landing cut, closes journals and databases.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _app.StopAsync();
        }
        finally
        {
            await CloseAsync(_opened);
        }
    }

    // What cannot be closed keeps nothing else open.
    private static async Task CloseAsync(Stack<IAsyncDisposable> opened)
    {
        if (!opened.TryPop(out var one))
            return;
        try
        {
            await one.DisposeAsync();
        }
        finally
        {
            await CloseAsync(opened);
        }
    }

    private static WebApplicationBuilder CreateBuilder(ServerSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Insert(0, new JsonStreamConfigurationSource { Stream = typeof(SluiceServer).Assembly.GetManifestResourceStream("defaults.json")! });
        builder.Configuration.AddEnvironmentVariables("SLUICE__");
        builder.Configuration.AddInMemoryCollection(settings.Overrides);
        var listening = Listening.Read(settings, builder.Configuration);
        builder.UseSafeListener(listening.All); // first: an https address needs its certificate
        listening.UseOn(builder);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxRequestLineSize = RequestLineBound.ListenerBytes;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        builder.Logging.AddRedactedLogging(settings, builder.Configuration);
        return builder;
    }

    /// <summary>Where a server of these settings would keep things.</summary>
    internal static StorageOptions StorageOptionsOf(ServerSettings settings) => StorageOptionsOf(settings, CreateBuilder(settings).Configuration);

    private static StorageOptions StorageOptionsOf(ServerSettings settings, ConfigurationManager configuration)
    {
        var options = configuration.GetSection("Storage").Get<StorageOptions>() ?? new StorageOptions();
        options.Data = settings.Data ?? options.Data;
        return options;
    }
}
