using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Deliveries.Queue;
using Sluice.Audience.Engine;
using Sluice.Storage;

namespace Sluice.Audience;

/// <summary>One environment of this door: its catalogue.</summary>
internal sealed class AudienceEnvironment(StorageEnvironment storage, CatalogueStore catalogue) : IDisposable
{
    internal EnvironmentName Name => storage.Name;

    /// <summary>Its profiles; null on a node that applies no events.</summary>
    internal AudienceEngine? Engine { get; init; }

    internal CatalogueStore Catalogue => catalogue;

    /// <summary>What its segments send to servers.</summary>
    internal DeliveryDesk Deliveries { get; } = new(storage.Sql);

    /// <summary>The environment of a request, which <see cref="AudienceModule"/> found.</summary>
    internal static AudienceEnvironment Of(HttpContext http) =>
        http.Features.Get<AudienceEnvironment>() ?? throw new UnreachableException("The route lacks its environment.");

    public void Dispose()
    {
        Engine?.Dispose();
        Deliveries.Dispose();
        Catalogue.Dispose();
    }
}
