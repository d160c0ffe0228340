using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Backfills;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Deliveries.Queue;
using Sluice.Audience.Engine;
using Sluice.Storage;

namespace Sluice.Audience;

/// <summary>One environment of this door: its catalogue.</summary>
internal sealed class AudienceEnvironment(StorageEnvironment storage, CatalogueStore catalogue) : IDisposable
{
    private readonly SemaphoreSlim _backfills = new(0);

    internal EnvironmentName Name => storage.Name;

    /// <summary>Its profiles; null on a node that applies no events.</summary>
    internal AudienceEngine? Engine { get; init; }

    /// <summary>Its past, for the engine's rules to be held against; null where there is no engine.</summary>
    internal History? History { get; init; }

    internal CatalogueStore Catalogue => catalogue;

    internal BackfillStore Backfills { get; } = new(storage.Sql);

    /// <summary>Tells whoever runs backfills that there is something to do.</summary>
    internal void WakeBackfills()
    {
        if (_backfills.CurrentCount == 0)
            _backfills.Release();
    }

    /// <summary>Waits until there is, or for a while.</summary>
    internal Task WaitForBackfillAsync(TimeSpan atMost, CancellationToken cancellation) => _backfills.WaitAsync(atMost, cancellation);

    /// <summary>What its segments send to servers.</summary>
    internal DeliveryDesk Deliveries { get; } = new(storage.Sql);

    /// <summary>The environment of a request, which <see cref="AudienceModule"/> found.</summary>
    internal static AudienceEnvironment Of(HttpContext http) =>
        http.Features.Get<AudienceEnvironment>() ?? throw new UnreachableException("The route lacks its environment.");

    public void Dispose()
    {
        Engine?.Dispose();
        _backfills.Dispose();
        Deliveries.Dispose();
        Catalogue.Dispose();
    }
}
