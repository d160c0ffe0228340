using System.Globalization;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Events.Ids;
using Sluice.Journal.Records;

namespace Sluice.Audience.Events.Reading;

/// <summary>What the parameters of a call say, each in its place (contract audience.md 5.3); what is none of the known ones is a signal.</summary>
internal sealed class EventCall
{
    private const int MaxSids = 1_000;
    private const int MaxCallbackCharacters = 128;

    private readonly CatalogueSnapshot _catalogue;
    private readonly HashSet<long> _direct = [];
    private readonly HashSet<long> _removed = [];
    private readonly HashSet<long> _restriction = [];
    private readonly List<RawPair> _signals = [];

    private EventCall(CatalogueSnapshot catalogue, EventErrors errors) => (_catalogue, Errors, Ids) = (catalogue, errors, new DeclaredIdReader(catalogue, errors));

    internal EventErrors Errors { get; }

    internal DeclaredIdReader Ids { get; }

    /// <summary><c>d_uuid</c>, as it was sent.</summary>
    internal string? Uuid { get; private set; }

    /// <summary><c>d_mid</c>, as it was sent.</summary>
    internal string? Mid { get; private set; }

    /// <summary><c>d_orgid</c>; null without one.</summary>
    internal string? OrgId { get; private set; }

    /// <summary>Traits and segments that were named for realization.</summary>
    internal IReadOnlyCollection<long> Direct => _direct;

    /// <summary>Traits to take away.</summary>
    internal IReadOnlyCollection<long> Removed => _removed;

    /// <summary>Whether only traits of <see cref="Restriction"/> are meant.</summary>
    internal bool IsRestricted { get; private set; }

    internal IReadOnlyCollection<long> Restriction => _restriction;

    /// <summary>Whether the answer is JSON rather than an image.</summary>
    internal bool WantsJson { get; private set; }

    /// <summary>The function that the answer calls with its JSON; null for plain JSON or an image.</summary>
    internal string? Callback { get; private set; }

    internal bool WantsDestinations { get; private set; }

    /// <summary>Whether the answer lists traits and segments.</summary>
    internal bool WantsTraits { get; private set; }

    /// <summary>As destinations name platforms; null for every one.</summary>
    internal string? Platform { get; private set; }

    /// <summary>Whether no cookie may be read or written for the visitor.</summary>
    internal bool IsCookieless { get; private set; }

    internal string Gdpr { get; private set; } = "";

    internal string Consent { get; private set; } = "";

    /// <summary>What an earlier answer gave the client to send along.</summary>
    internal string? Blob { get; private set; }

    /// <summary>Where a call of <c>/ibs:</c> leads; null for nowhere.</summary>
    internal string? Redirect { get; private set; }

    /// <summary>What rules look at, still as it was sent.</summary>
    internal IReadOnlyList<RawPair> Signals => _signals;

    /// <summary>Whether the caller named anybody.</summary>
    internal bool NamesSomebody => Uuid is not null || Mid is not null || Ids.HasSeenAny;

    internal static EventCall Read(IReadOnlyList<RawPair> pairs, CatalogueSnapshot catalogue, EventErrors errors)
    {
        var call = new EventCall(catalogue, errors);
        string? source = null, value = null;
        foreach (var pair in pairs)
        {
            switch (pair.Key)
            {
                case "d_dpid" or "dpid": source ??= pair.Value; break;
                case "d_dpuuid" or "dpuuid": value ??= pair.Value; break;
                default: call.Read(pair); break;
            }
        }
        if (source is not null || value is not null)
            call.Ids.Add(source ?? "", false, value ?? "", AuthenticatedState.Ambiguous);
        call.Uuid ??= call.Ids.Uuid;
        call.Mid ??= call.Ids.Mid;
        return call;
    }

    private void Read(RawPair pair)
    {
        switch (pair.Key)
        {
            case "d_uuid": Uuid ??= pair.Value; break;
            case "d_mid": Mid ??= pair.Value; break;
            case "d_orgid": OrgId ??= pair.Value; break;
            case "d_cid": Ids.Read(pair.Raw, isByCode: false); break;
            case "d_cid_ic": Ids.Read(pair.Raw, isByCode: true); break;
            case "d_sid": ReadNumbers(pair, _direct); break;
            case "d_unsid": ReadNumbers(pair, _removed); break;
            case "d_tdpid": Restrict(pair.Value.Split(',').Select(text => Number(text))); break;
            case "d_tdpid_ic": Restrict(pair.Values.Select(code => DeclaredIdReader.FindByCode(_catalogue, code))); break;
            case "d_rtbd": WantsJson |= pair.Value.Equals("json", StringComparison.OrdinalIgnoreCase); break;
            case "d_cb": ReadCallback(pair.Value); break;
            case "d_dst": WantsDestinations |= pair.Raw == "1"; break;
            case "d_cts": WantsTraits |= pair.Raw is "1" or "2"; break;
            case "d_ptfm": Platform ??= PlatformOf(pair.Value); break;
            case "d_coppa": IsCookieless |= pair.Value is "1" or "true"; break;
            case "d_blob": Blob ??= pair.Value; break;
            case "gdpr": Gdpr = pair.Value; break;
            case "gdpr_consent": Consent = pair.Value; break;
            case "redir": Redirect = pair.Value; break;
            case "d_jsonv" or "d_nsid" or "d_caller" or "d_bust" or "d_ver" or "d_visid_ver" or "d_verify" or "d_rs" or "d_dst_filter" or "dcs_region":
                break; // what they choose between is the same here
            default: _signals.Add(pair); break;
        }
    }

    private void ReadCallback(string name)
    {
        if (IsFunctionName(name))
            Callback ??= name;
        else
            Errors.AddOnce(EventErrors.Unspecified, "d_cb must be the name of a function: letters, digits, _, $ and dots between names");
    }

    // What stands there is run by the page that asked, so it must not be able to say anything else.
    private static bool IsFunctionName(string name) =>
        name.Length is > 0 and <= MaxCallbackCharacters
        && name.Split('.').All(part => part.Length > 0 && !char.IsAsciiDigit(part[0]) && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '$'));

    private void ReadNumbers(RawPair pair, HashSet<long> numbers)
    {
        foreach (var text in pair.Value.Split(','))
        {
            if (Number(text) is { } sid && numbers.Count < MaxSids)
                numbers.Add(sid);
            else
                Errors.AddOnce(EventErrors.NotEvaluated, $"{pair.Key} takes at most {MaxSids} numbers; the others are left out");
        }
    }

    // One that names nothing restricts too: to nothing.
    private void Restrict(IEnumerable<long?> sources)
    {
        IsRestricted = true;
        foreach (var source in sources)
        {
            if (source is not { } id || Lacks(id))
                Errors.AddOnce(EventErrors.ForeignDataSource, "d_tdpid or d_tdpid_ic names no data source of this account");
            else if (_restriction.Count < MaxSids)
                _restriction.Add(id);
        }

        bool Lacks(long id) => _catalogue.Find(Kinds.DataSources, id) is null;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? PlatformOf(string text) =>
        Array.Find(Destinations.DestinationBody.Platforms, one => one != "ALL" && one.Equals(text, StringComparison.OrdinalIgnoreCase));
}
