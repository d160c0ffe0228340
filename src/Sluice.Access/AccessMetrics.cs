using System.Diagnostics.Metrics;

namespace Sluice.Access;

/// <summary>What this door counts.</summary>
internal sealed class AccessMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _signIns;

    /// <param name="scope">Whose meter it is, for listeners in a process with several servers.</param>
    public AccessMetrics(TokenCache cache, object scope)
    {
        _meter = new Meter(new MeterOptions("Sluice.Access") { Scope = scope });
        _tokens = _meter.CreateCounter<long>("sluice.access.tokens", "{request}", "Requests for tokens, by grant and outcome");
        _signIns = _meter.CreateCounter<long>("sluice.access.sign_ins", "{attempt}", "Sign-ins by name and password, by outcome");
        _meter.CreateObservableGauge("sluice.access.cached_tokens", () => cache.Count, "{token}", "Tokens remembered with what they allow");
    }

    internal void TokenDecided(string grant, bool isGranted) => _tokens.Add(
        1, new KeyValuePair<string, object?>("grant", KnownGrant(grant)), new KeyValuePair<string, object?>("outcome", isGranted ? "granted" : "refused"));

    internal void SignedIn(SignInOutcome outcome) =>
        _signIns.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString().ToLowerInvariant()));

    public void Dispose() => _meter.Dispose();

    // What strangers send is no tag.
    private static string KnownGrant(string grant) =>
        GrantTypes.PossibleFor(ClientKind.Api).Concat(GrantTypes.PossibleFor(ClientKind.Legacy)).Contains(grant) ? grant : "other";
}
