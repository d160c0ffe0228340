using System.Globalization;
using Sluice.Audience.Deliveries.Queue;
using Sluice.Profiles.Engine;
using Sluice.Profiles.State;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>Finds what a message tells of people: under which ids the receiver knows them, and which segments they are in by now.</summary>
/// <remarks>
/// The state at the time of sending is told, not that of the change: what is sent late or twice is never older than what was sent before. Of somebody who opted out,
/// and of an id that was forgotten, only exits are told.
/// </remarks>
internal sealed class UserReader(ProfileEngine profiles, DeliveryStore store)
{
    private const int MaxDevicesAsked = 5; // of a customer, the newest first

    /// <summary>What to tell of some people; those that the receiver has no id for are left out.</summary>
    internal async Task<List<ToldUser>> ReadAsync(SendPlan plan, IReadOnlyList<ChangedUser> users, CancellationToken cancellation)
    {
        var source = plan.Destination.DataSourceId?.ToString(CultureInfo.InvariantCulture) ?? "";
        var reports = await profiles.Queries.FindAsync([.. users.Select(user => user.Key)], cancellation);
        var others = await profiles.Queries.FindAsync([.. reports.Values.SelectMany(report => CloseIds(report, source)).Distinct()], cancellation);
        var addresses = new List<(ChangedUser User, string Device, string Partner)>();
        foreach (var user in users)
        {
            var report = reports.GetValueOrDefault(user.Key);
            addresses.Add((user, DeviceOf(user.Key, report, others), PartnerOf(user.Key, report, others, source)));
        }
        var lost = addresses.Where(one => one.Partner.Length == 0).Select(one => one.User.Key.Id).ToList();
        var told = lost.Count == 0 ? [] : (await store.ListAddressesAsync(plan.Destination.Id, lost, cancellation)).ToDictionary(one => new ProfileKey(one.Namespace, one.Id));
        var found = new List<ToldUser>();
        foreach (var (user, device, partner) in addresses)
        {
            var before = told.GetValueOrDefault(user.Key);
            var known = partner.Length > 0 ? partner : before?.Partner ?? "";
            if (known.Length == 0)
                continue;
            var report = reports.GetValueOrDefault(user.Key);
            var isOptedOut = report is null or { IsOptedOut: true } || others.GetValueOrDefault(new ProfileKey(source, known)) is { IsOptedOut: true };
            found.Add(new ToldUser(user, device.Length > 0 ? device : before?.Device ?? "", known, SegmentsOf(plan, user, isOptedOut ? [] : report!.Segments)));
        }
        return found;
    }

    // Whom else to look at: the receiver's ids of somebody, and devices by which more is known of a customer.
    private static IEnumerable<ProfileKey> CloseIds(ProfileReport report, string source) => report.Links.Where(link => link.Key.Namespace == source).TakeLast(1)
        .Concat(report.Links.Where(link => link.Key.Namespace == ProfileKey.Device).TakeLast(MaxDevicesAsked)).Select(link => link.Key);

    private static string DeviceOf(ProfileKey key, ProfileReport? report, IReadOnlyDictionary<ProfileKey, ProfileReport> others) => key.Namespace == ProfileKey.Device ? key.Id
        : DevicesOf(report, others).Select(device => device.Key.Id).FirstOrDefault("");

    private static string PartnerOf(ProfileKey key, ProfileReport? report, IReadOnlyDictionary<ProfileKey, ProfileReport> others, string source)
    {
        if (key.Namespace == source)
            return key.Id;
        return report?.Links.LastOrDefault(link => link.Key.Namespace == source)?.Key.Id
            ?? DevicesOf(report, others).SelectMany(device => device.Links.Where(link => link.Key.Namespace == source).TakeLast(1)).Select(link => link.Key.Id).FirstOrDefault("");
    }

    // The newest first; what opted out is not told.
    private static IEnumerable<ProfileReport> DevicesOf(ProfileReport? report, IReadOnlyDictionary<ProfileKey, ProfileReport> others) =>
        (report?.Links ?? []).Reverse().Where(link => link.Key.Namespace == ProfileKey.Device).Select(link => others.GetValueOrDefault(link.Key))
            .OfType<ProfileReport>().Where(device => !device.IsOptedOut);

    private static List<ToldSegment> SegmentsOf(SendPlan plan, ChangedUser user, IReadOnlyList<HeldSegment> held)
    {
        var current = held.Where(one => plan.Sends(one.Sid)).ToDictionary(one => one.Sid, one => one.SinceMs);
        var left = user.Changed.Where(one => plan.Sends(one.Key) && !current.ContainsKey(one.Key));
        var told = current.OrderBy(one => one.Key).SelectMany(one => plan.AliasesOf(one.Key), (one, alias) => new ToldSegment(alias, true, one.Value))
            .Concat(left.OrderBy(one => one.Key).SelectMany(one => plan.AliasesOf(one.Key), (one, alias) => new ToldSegment(alias, false, one.Value)));
        return [.. told.DistinctBy(one => one.Alias)]; // two segments under one alias: who is in either is in it
    }
}
