using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Events.Ids;
using Sluice.Audience.Events.Reading;

namespace Sluice.Audience.Events;

/// <summary>A call on its way through the door: what it said, who it is about, and what is wrong with it so far.</summary>
internal sealed class Arrival(HttpContext http)
{
    private EventCall? _call;
    private AudienceEnvironment? _environment;

    internal HttpContext Http => http;

    internal EventErrors Errors { get; } = new();

    /// <summary>By which the answer and the record are known.</summary>
    internal ulong Tid { get; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    /// <summary>Whether the journal did not take the call.</summary>
    internal bool IsUnkept { get; set; }

    /// <summary>Whether nothing more is done with it.</summary>
    internal bool IsStopped { get; private set; }

    /// <summary>The form of the answer; known of a call that could not be read, too.</summary>
    internal bool WantsJson { get; set; }

    /// <summary>What it says; only of one that could be read.</summary>
    internal EventCall Call => _call ?? throw new InvalidOperationException("The call was stopped before it was read.");

    internal AudienceEnvironment Environment => _environment ?? throw new InvalidOperationException("The call was stopped before its environment was found.");

    /// <summary>The catalogue as of the moment it was read.</summary>
    internal CatalogueSnapshot Catalogue { get; private set; } = CatalogueSnapshot.Empty;

    internal string? Callback => _call?.Callback;

    /// <summary>The device; null when there is none, or when it is ignored.</summary>
    internal UInt128? Device { get; set; }

    /// <summary>Whether the device id was made for this call.</summary>
    internal bool IsNewDevice { get; set; }

    /// <summary>The declared ids that are not ignored.</summary>
    internal IReadOnlyList<DeclaredId> Ids { get; set; } = [];

    /// <summary>Ends it with an error.</summary>
    internal void Stop(int code, string? message = null)
    {
        Errors.Add(code, message);
        IsStopped = true;
    }

    internal void Enter(AudienceEnvironment environment) => (_environment, Catalogue) = (environment, environment.Catalogue.Snapshot);

    internal void Understand(IReadOnlyList<RawPair> pairs)
    {
        _call = EventCall.Read(pairs, Catalogue, Errors);
        WantsJson = _call.WantsJson;
    }
}
