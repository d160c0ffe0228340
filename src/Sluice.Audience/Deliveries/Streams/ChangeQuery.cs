using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;
using Sluice.Profiles.Engine;

namespace Sluice.Audience.Deliveries.Streams;

/// <summary>Which changes a reader asks for, and which of them it may see: those of segments that it has READ on.</summary>
internal sealed class ChangeQuery
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;
    private const long MaxTime = 253_402_300_799_999; // the end of the year 9999

    private readonly IReadOnlySet<long> _segments;
    private readonly HashSet<string> _namespaces;
    private readonly Caller _caller;
    private readonly Dictionary<long, bool> _mayRead = [];
    private CatalogueSnapshot? _mayReadIn;

    private ChangeQuery(IReadOnlySet<long> segments, HashSet<string> namespaces, Caller caller) => (_segments, _namespaces, _caller) = (segments, namespaces, caller);

    /// <summary>The last change that the reader has; 0 for none.</summary>
    internal long After { get; private init; }

    /// <summary>From when on, in ms since 1970; counts where no change is at hand.</summary>
    internal long? Since { get; private init; }

    /// <summary>The event that caused them; empty for any.</summary>
    internal string Detail { get; private init; } = "";

    internal int Limit { get; private init; }

    internal static (ChangeQuery? Query, AudienceProblem? Problem) Read(HttpContext http)
    {
        var query = ListQuery.Read(http);
        var (after, since, limit, segments) = (query.Number("after"), query.Number("since"), query.Number("limit"), query.Numbers("segment"));
        var resumed = http.Request.Headers["Last-Event-ID"].ToString();
        if (query.Problem is { } problem)
            return (null, problem);
        if (resumed.Length > 0 && !long.TryParse(resumed, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _))
            return (null, AudienceProblem.Invalid("The header Last-Event-ID cannot be used", "Last-Event-ID must be the id of an event of this stream"));
        if (after < 0)
            return (null, AudienceProblem.Invalid("The parameter after cannot be used", "after must be 0 or more"));
        if (since is < 0 or > MaxTime)
            return (null, AudienceProblem.Invalid("The parameter since cannot be used", $"since must be from 0 to {MaxTime}, in ms since 1970"));
        if (limit is < 1 or > MaxLimit)
            return (null, AudienceProblem.Invalid("The parameter limit cannot be used", $"limit must be from 1 to {MaxLimit}"));
        var read = new ChangeQuery(segments, [.. query.Texts("namespace")], Caller.Of(http))
        {
            After = resumed.Length > 0 ? long.Parse(resumed, System.Globalization.CultureInfo.InvariantCulture) : after ?? 0,
            Since = since,
            Detail = query.Text("detail"),
            Limit = (int)(limit ?? DefaultLimit),
        };
        var catalogue = AudienceEnvironment.Of(http).Catalogue.Snapshot;
        var hidden = segments.Where(sid => !read.MayRead(catalogue, sid)).Order().ToList();
        return hidden.Count > 0 ? (null, AudienceProblem.Forbidden($"You may not see segment {hidden[0]}")) : (read, null);
    }

    /// <summary>Whether the reader asked for a change, and may see it.</summary>
    internal bool Shows(CatalogueSnapshot catalogue, SegmentChange change) =>
        (Detail.Length == 0 || Detail == change.Detail) && (_segments.Count == 0 || _segments.Contains(change.Segment)) && (_namespaces.Count == 0 || _namespaces.Contains(change.Key.Namespace)) && MayRead(catalogue, change.Segment);

    // Of a segment that is no more nobody knows whose it was: admins see it.
    private bool MayRead(CatalogueSnapshot catalogue, long sid)
    {
        if (_caller.IsAdmin)
            return true;
        if (_mayReadIn != catalogue)
        {
            _mayRead.Clear();
            _mayReadIn = catalogue;
        }
        if (!_mayRead.TryGetValue(sid, out var may))
        {
            may = catalogue.Find(Kinds.Segments, sid) is { } segment && _caller.RightsOn(ObjectKind.Segment, sid, segment.DataSourceId).HasFlag(ObjectRights.Read);
            _mayRead[sid] = may;
        }
        return may;
    }
}
