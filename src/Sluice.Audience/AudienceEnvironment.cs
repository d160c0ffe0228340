using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Catalogue;
using Sluice.Storage;

namespace Sluice.Audience;

/// <summary>One environment of this door: its catalogue.</summary>
internal sealed class AudienceEnvironment(StorageEnvironment storage, TimeProvider clock) : IDisposable
{
    internal EnvironmentName Name => storage.Name;

    internal CatalogueStore Catalogue { get; } = new(storage.Sql, clock);

    /// <summary>The environment of a request, which <see cref="AudienceModule"/> found.</summary>
    internal static AudienceEnvironment Of(HttpContext http) =>
        http.Features.Get<AudienceEnvironment>() ?? throw new UnreachableException("The route lacks its environment.");

    public void Dispose() => Catalogue.Dispose();
}
