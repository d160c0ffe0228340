using System.Globalization;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Destinations;
using Sluice.Audience.Events.Answers;
using Sluice.Audience.Mappings;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>Which segments go to a destination on one day, and as what: mapped, within their dates, not paused, and not held back by export controls (contract audience.md 5.6, 5.8).</summary>
internal sealed class SendPlan
{
    private readonly Dictionary<long, List<string>> _aliases = [];

    private SendPlan(Destination destination, CatalogueSnapshot catalogue, string today) => (Destination, Catalogue, Today) = (destination, catalogue, today);

    internal Destination Destination { get; }

    private CatalogueSnapshot Catalogue { get; }

    private string Today { get; }

    internal static SendPlan Of(CatalogueSnapshot catalogue, Destination destination, DateTimeOffset now)
    {
        var plan = new SendPlan(destination, catalogue, DayOf(now));
        if (destination.Status != "ACTIVE" || !DestinationAnswer.IsWithin(plan.Today, destination.StartDate, destination.EndDate))
            return plan;
        foreach (var mapping in MappingIndex.Of(catalogue).OfDestination(destination.Id))
        {
            if (mapping.ElementStatus != "active" || string.IsNullOrEmpty(mapping.TraitAlias) || !DestinationAnswer.IsWithin(plan.Today, mapping.StartDate, mapping.EndDate)
                || catalogue.Find(Kinds.Segments, mapping.Sid) is not { Status: "ACTIVE" } segment
                || ExportControls.Conflicts(catalogue, segment.Traits, segment.MergeRuleDataSourceId, destination).Count > 0)
                continue;
            if (!plan._aliases.TryGetValue(mapping.Sid, out var aliases))
                plan._aliases[mapping.Sid] = aliases = [];
            aliases.Add(mapping.TraitAlias);
        }
        return plan;
    }

    /// <summary>Whether it still says what it would say now.</summary>
    internal bool IsOf(CatalogueSnapshot catalogue, DateTimeOffset now) => Catalogue == catalogue && Today == DayOf(now);

    internal bool Sends(long sid) => _aliases.ContainsKey(sid);

    /// <summary>The names by which the receiver knows a segment; none for one that is not sent.</summary>
    internal IReadOnlyList<string> AliasesOf(long sid) => _aliases.GetValueOrDefault(sid) ?? [];

    private static string DayOf(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
