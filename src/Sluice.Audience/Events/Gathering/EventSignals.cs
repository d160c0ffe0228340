using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Events.Reading;
using Sluice.Journal.Records;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Events.Gathering;

/// <summary>
/// The signals of one event: its parameters, headers as <c>h_…</c>, the device as <c>d_…</c>, and what is derived of them (contract audience.md 4.1, 5.4).
/// What is private is for rules only: it is not among the recorded ones.
/// </summary>
internal sealed class EventSignals
{
    internal const int MaxSignals = 1_000;
    internal const int MaxKeyCharacters = 256;
    internal const int MaxValueCharacters = 4_096;

    private const string PrivatePrefix = "p_";

    private static readonly (string Key, string Header)[] Headers =
    [
        ("h_host", "Host"), ("h_user-agent", "User-Agent"), ("h_accept-language", "Accept-Language"), ("h_referer", "Referer"), ("h_referrer", "Referer"), ("h_date", "Date"),
    ];

    private readonly List<(string Key, string Value)> _recorded = [];
    private readonly HashSet<string> _given = new(StringComparer.OrdinalIgnoreCase);

    private EventSignals()
    {
    }

    /// <summary>All of them.</summary>
    internal Signals All { get; } = new();

    /// <summary>All but the private ones.</summary>
    internal IReadOnlyList<(string Key, string Value)> Recorded => _recorded;

    /// <summary>Whether there is a private one.</summary>
    internal bool HasPrivate => All.Count > _recorded.Count;

    /// <summary>Whether some had to be left out.</summary>
    internal bool IsCut { get; private set; }

    internal static EventSignals Of(EventCall call, HttpRequest request, CatalogueSnapshot catalogue)
    {
        var signals = new EventSignals();
        foreach (var pair in call.Signals)
        {
            signals._given.Add(pair.Key);
            foreach (var value in pair.Values)
                signals.Add(pair.Key, value);
        }
        // A server that calls for a visitor tells the visitor's headers and device itself.
        foreach (var (key, header) in Headers)
            signals.AddMissing(key, request.Headers[header].ToString());
        foreach (var (key, value) in UserAgent.Read(request.Headers.UserAgent.ToString()))
            signals.AddMissing(key, value);
        signals.Derive(DerivationIndex.Of(catalogue));
        return signals;
    }

    /// <summary>The recorded ones in the form that records hold.</summary>
    internal byte[] Encode()
    {
        var bytes = new byte[_recorded.Sum(one => 4 + Encoding.UTF8.GetByteCount(one.Key) + Encoding.UTF8.GetByteCount(one.Value))];
        var count = 0;
        foreach (var (key, value) in _recorded)
        {
            if (!SignalEncoder.TryWrite(bytes.AsSpan(count), new RecordedSignal(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value)), out var written))
                throw new System.Diagnostics.UnreachableException("The door bounds signals far below what a record takes.");
            count += written;
        }
        return bytes;
    }

    private static bool IsPrivate(string key) => key.StartsWith(PrivatePrefix, StringComparison.OrdinalIgnoreCase);

    private void AddMissing(string key, string value)
    {
        if (value.Length > 0 && !_given.Contains(key))
            Add(key, value.Length <= MaxValueCharacters ? value : value[..MaxValueCharacters]);
    }

    private void Add(string key, string value)
    {
        if (All.Count >= MaxSignals || key.Length > MaxKeyCharacters || value.Length > MaxValueCharacters)
        {
            IsCut = true;
            return;
        }
        All.Add(key, value);
        if (!IsPrivate(key))
            _recorded.Add((key, value));
    }

    // One pass: what is derived derives nothing. Of the public ones only, for what is derived of a private one would tell it.
    private void Derive(DerivationIndex derivations)
    {
        var sources = _recorded.Count;
        for (var at = 0; at < sources; at++)
        {
            foreach (var derived in derivations.From(_recorded[at].Key, _recorded[at].Value))
                Add(derived.TargetKey, derived.TargetValue);
        }
    }
}
