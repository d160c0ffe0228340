using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>Keeps which ids belong to one person: between an event's device and every other id it names, on both sides, within limits (audience contract, sections 5.1 and 7).</summary>
internal sealed class Linker(ProfileTable profiles, ProfileOptions options)
{
    /// <summary>Links an event's device with the other ids it names.</summary>
    /// <param name="device">The event's own.</param>
    /// <param name="one">The event.</param>
    /// <param name="named">The profiles of all its ids.</param>
    /// <param name="affected">Gets the profiles whose views may read others now, those that were unlinked too.</param>
    /// <returns>Whether any view may read others now.</returns>
    internal bool Link(Profile device, PersonEvent one, List<Profile> named, HashSet<Profile> affected)
    {
        var seconds = DateTimeOffset.FromUnixTimeMilliseconds(one.TimeMs).ToUnixTimeSeconds();
        var links = device.Links.ToList();
        var signsAnybodyIn = false;
        foreach (var other in named)
        {
            if (other == device)
                continue;
            var isAuthenticated = !other.IsDevice && one.Identities.Exists(identity => identity.Key == other.Key && identity.IsAuthenticated);
            signsAnybodyIn |= isAuthenticated;
            var known = links.Find(link => link.Number == other.Number);
            links.RemoveAll(link => link.Number == other.Number);
            links.Add(new Link(other.Number, other.Key.Namespace, seconds, isAuthenticated ? seconds : known.AuthenticatedSeconds, isAuthenticated));
            LinkBack(other, device, seconds, isAuthenticated, affected);
            if (links.FindIndex(link => link.Namespace == other.Key.Namespace) is var oldest && links.Count(link => link.Namespace == other.Key.Namespace) > options.CustomersPerDevice)
            {
                if (profiles.Find(links[oldest].Number) is { } unlinked)
                {
                    Unlink(unlinked, device);
                    affected.Add(unlinked);
                }
                links.RemoveAt(oldest);
            }
        }
        // Whoever was signed in before, and is not in this event, is not the current one any more.
        for (var at = 0; at < links.Count; at++)
        {
            if (links[at].IsCurrent && !named.Exists(profile => profile.Number == links[at].Number))
                links[at] = links[at] with { IsCurrent = false };
        }
        var isSame = SaysTheSame(device.Links, links);
        if (!device.Links.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(links)))
        {
            foreach (var link in device.Links)
            {
                if (!isSame && profiles.Find(link.Number) is { } before)
                    affected.Add(before);
            }
            device.Links = [.. links];
            profiles.Change(device);
        }
        if (isSame && affected.Count == 0)
            return false;
        affected.Add(device);
        foreach (var link in links)
        {
            if (profiles.Find(link.Number) is { } linked)
                affected.Add(linked);
        }
        return true;
    }

    /// <summary>Takes a profile off another one's links; the other side is the caller's.</summary>
    internal void Unlink(Profile from, Profile profile)
    {
        if (!from.Links.Any(link => link.Number == profile.Number))
            return;
        from.Links = [.. from.Links.Where(link => link.Number != profile.Number)];
        profiles.Change(from);
    }

    private void LinkBack(Profile customer, Profile device, long seconds, bool isAuthenticated, HashSet<Profile> affected)
    {
        var known = Array.Find(customer.Links, link => link.Number == device.Number);
        var links = customer.Links.Where(link => link.Number != device.Number).ToList();
        links.Add(new Link(device.Number, device.Key.Namespace, seconds, isAuthenticated ? seconds : known.AuthenticatedSeconds, isAuthenticated));
        if (links.Count > options.DevicesPerCustomer)
        {
            if (profiles.Find(links[0].Number) is { } unlinked)
            {
                Unlink(unlinked, customer);
                affected.Add(unlinked);
            }
            links.RemoveAt(0);
        }
        customer.Links = [.. links];
        profiles.Change(customer);
    }

    // Views depend on which links there are, which of each namespace signed in last, and which are current; not on the moment.
    private static bool SaysTheSame(Link[] before, List<Link> after)
    {
        if (before.Length != after.Count)
            return false;
        return before.Select(Sayings).Order().SequenceEqual(after.Select(Sayings).Order()) && LastOnes(before).SequenceEqual(LastOnes(after));

        static (int, bool, bool) Sayings(Link link) => (link.Number, link.IsCurrent, link.AuthenticatedSeconds > 0);

        static IEnumerable<int> LastOnes(IEnumerable<Link> links) => links
            .Where(link => link.AuthenticatedSeconds > 0).GroupBy(link => link.Namespace)
            .Select(group => group.Last(link => link.AuthenticatedSeconds == group.Max(one => one.AuthenticatedSeconds)).Number).Order();
    }
}
