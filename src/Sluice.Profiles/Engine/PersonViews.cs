using Sluice.Profiles.Rulebook;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>Which profiles are read as one person, for each profile and merge rule (audience contract, section 5.5).</summary>
/// <remarks>
/// A device is read with the customers that the rule finds by it. A customer's profile is in a segment when its own view says so, or when a device that
/// reads it is in it: "all profiles read are also segmented".
/// </remarks>
internal sealed class PersonViews(ProfileTable profiles, RuleSet rules)
{
    private const int MaxLinkedDevices = 100;

    /// <summary>The profiles read for one; none when the rule does not see it.</summary>
    internal void Read(Profile of, MergeRuleDefinition rule, List<Profile> to)
    {
        to.Clear();
        if (of.IsDevice)
        {
            if (rule.Device != DeviceOption.None)
                to.Add(of);
            AddCustomers(of, rule, to);
            if (rule.Device == DeviceOption.ProfileLink)
            {
                foreach (var customer in to.Where(one => !one.IsDevice).ToList())
                    AddDevices(customer, rule, to);
            }
        }
        else if (rule.CrossDevice != CrossDeviceOption.None && IsAllowed(of.Key.Namespace, rule))
        {
            to.Add(of);
            if (rule.Device == DeviceOption.ProfileLink)
                AddDevices(of, rule, to);
        }
    }

    /// <summary>Whether a device's view under a rule holds a customer.</summary>
    internal static bool Reads(Profile device, int customer, MergeRuleDefinition rule)
    {
        foreach (var link in device.Links)
        {
            if (link.Number == customer)
                return IsRead(device, link, rule);
        }
        return false;
    }

    /// <summary>Every profile whose memberships may change when one profile's traits or links do.</summary>
    internal void AddAffected(Profile changed, HashSet<Profile> to)
    {
        to.Add(changed);
        foreach (var link in changed.Links)
        {
            if (profiles.Find(link.Number) is not { } linked)
                continue;
            to.Add(linked);
            // A customer's change reaches its devices, and what those read besides; a device's reaches its customers, and their devices when those are joined.
            if (changed.IsDevice && !rules.LinksDevices)
                continue;
            foreach (var further in linked.Links)
            {
                if (profiles.Find(further.Number) is not { } third)
                    continue;
                to.Add(third);
                if (third.IsDevice && rules.LinksDevices)
                {
                    foreach (var last in third.Links)
                    {
                        if (profiles.Find(last.Number) is { } fourth)
                            to.Add(fourth);
                    }
                }
            }
        }
    }

    private void AddCustomers(Profile device, MergeRuleDefinition rule, List<Profile> to)
    {
        if (rule.CrossDevice == CrossDeviceOption.None)
            return;
        foreach (var link in device.Links)
        {
            if (IsRead(device, link, rule) && profiles.Find(link.Number) is { IsOptedOut: false } customer)
                to.Add(customer);
        }
    }

    private void AddDevices(Profile customer, MergeRuleDefinition rule, List<Profile> to)
    {
        var room = MaxLinkedDevices;
        for (var at = customer.Links.Length - 1; at >= 0 && room > 0; at--)
        {
            if (profiles.Find(customer.Links[at].Number) is not { IsOptedOut: false, IsDevice: true } device || to.Contains(device) || !Reads(device, customer.Number, rule))
                continue;
            to.Add(device);
            room--;
        }
    }

    private static bool IsRead(Profile device, Link link, MergeRuleDefinition rule) => IsAllowed(link.Namespace, rule) && rule.CrossDevice switch
    {
        CrossDeviceOption.CurrentAuthenticated => link.IsCurrent,
        CrossDeviceOption.LastAuthenticated => link.AuthenticatedSeconds > 0 && IsLastAuthenticated(device, link),
        CrossDeviceOption.All => true,
        _ => false,
    };

    // Of two in one second the one that stands later: links are in the order in which they were last used.
    private static bool IsLastAuthenticated(Profile device, Link link)
    {
        var isBehind = false;
        foreach (var other in device.Links)
        {
            if (other.Number == link.Number)
            {
                isBehind = true;
                continue;
            }
            if (other.Namespace == link.Namespace
                && (other.AuthenticatedSeconds > link.AuthenticatedSeconds || isBehind && other.AuthenticatedSeconds == link.AuthenticatedSeconds))
                return false;
        }
        return true;
    }

    private static bool IsAllowed(string customerNamespace, MergeRuleDefinition rule) =>
        rule.SourceIds.Count == 0 || long.TryParse(customerNamespace, out var source) && rule.SourceIds.Contains(source);
}
