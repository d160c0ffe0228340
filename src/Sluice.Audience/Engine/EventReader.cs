using System.Globalization;
using System.Text;
using Sluice.Audience.Events.Ids;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Profiles.Engine;
using Sluice.Profiles.State;

namespace Sluice.Audience.Engine;

/// <summary>Turns records of the journal into events for the engine: calls as they are, messages with their entity taken apart.</summary>
/// <param name="deviceIds">Leads from an ECID to the device it is of.</param>
/// <param name="namespaceOf">The namespace that a code stands for.</param>
internal sealed class EventReader(DeviceIds deviceIds, Func<string, string> namespaceOf)
{
    private readonly KeyFinder _keys = new(deviceIds, namespaceOf);
    private readonly Dictionary<string, string> _interned = [];

    /// <summary>Reads a call; false when the payload is no such record.</summary>
    internal bool TryReadCall(in JournalRecord journalRecord, PersonEvent to, out ulong tid)
    {
        tid = 0;
        if (!EventRecord.TryRead(journalRecord.Payload, out var record))
            return false;
        tid = record.Tid;
        to.TimeMs = journalRecord.TimeMs;
        to.Name = tid.ToString("x16", CultureInfo.InvariantCulture);
        if (record.Marks.HasFlag(EventMarks.Device))
            to.Identities.Add(new EventIdentity(new ProfileKey(ProfileKey.Device, DeviceIds.Format(record.Device)), IsAuthenticated: false, IsPrimary: true));
        AddIdentities(record.Identities, to);
        foreach (var signal in record.Signals)
            to.Signals.Add(Encoding.UTF8.GetString(signal.Key), Encoding.UTF8.GetString(signal.Value));
        AddTo(to.Realized, record.Direct);
        AddTo(to.Realized, record.Private);
        AddTo(to.Removed, record.Removed);
        if (record.Marks.HasFlag(EventMarks.Restricted))
        {
            AddTo(to.OnlySources, record.Restriction);
            if (to.OnlySources.Count == 0)
                to.OnlySources.Add(0); // of none
        }
        return true;
    }

    /// <summary>Reads a message; false when the payload is no such record, or one that is of no interest to profiles. What is not is seen by its header alone.</summary>
    internal bool TryReadMessage(in JournalRecord journalRecord, PersonEvent to)
    {
        if (!MessageRecord.TryRead(journalRecord.Payload, out var record) || record.Outcome != MessageOutcome.Accepted || !record.Marks.HasFlag(MessageMarks.Profile))
            return false;
        to.TimeMs = journalRecord.TimeMs;
        to.Name = Encoding.UTF8.GetString(record.XactionId);
        to.IsTagged = true;
        AddIdentities(record.Identities, to);
        if (to.Identities.Count == 0)
            return false;
        XdmSignals.Add(record.Entity, to.Signals);
        return true;
    }

    /// <summary>The same of a message that landed: as its record would have been read.</summary>
    internal bool TryReadLanded(LandedHeader header, ReadOnlySpan<byte> entity, PersonEvent to)
    {
        to.TimeMs = header.TimeMs;
        to.Name = Encoding.UTF8.GetString(header.XactionId);
        to.IsTagged = true;
        AddIdentities(header.Identities, to);
        if (to.Identities.Count == 0)
            return false;
        XdmSignals.Add(entity, to.Signals);
        return true;
    }

    /// <summary>The ids of an order, the device first.</summary>
    internal void AddIdentities(in ProfileCommandRecord record, PersonEvent to)
    {
        if (record.HasDevice)
            to.Identities.Add(new EventIdentity(new ProfileKey(ProfileKey.Device, DeviceIds.Format(record.Device)), IsAuthenticated: false, IsPrimary: true));
        AddIdentities(record.Identities, to);
    }

    private void AddIdentities(IdentityList identities, PersonEvent to)
    {
        foreach (var identity in identities)
        {
            if (identity.Value.IsEmpty)
                continue;
            to.Identities.Add(new EventIdentity(
                KeyOf(Encoding.UTF8.GetString(identity.NamespaceCode), Encoding.UTF8.GetString(identity.Value)),
                identity.State == AuthenticatedState.Authenticated, identity.IsPrimary));
        }
    }

    private ProfileKey KeyOf(string code, string value)
    {
        var key = _keys.KeyOf(code, value);
        if (!_interned.TryGetValue(key.Namespace, out var interned))
        {
            if (_interned.Count > 10_000)
                _interned.Clear();
            _interned[key.Namespace] = interned = key.Namespace;
        }
        return key with { Namespace = interned };
    }

    private static void AddTo(List<long> list, NumberList numbers)
    {
        for (var at = 0; at < numbers.Count; at++)
            list.Add(numbers[at]);
    }
}
