using System.Buffers;
using System.Globalization;
using System.Text;
using Sluice.Audience.Events.Ids;
using Sluice.Audience.Events.Reading;
using Sluice.Journal;
using Sluice.Journal.Records;

namespace Sluice.Audience.Events;

/// <summary>Hands records to the engine of a call's environment, and turns what came of them into the codes of the answer.</summary>
/// <param name="engineOf">The engines.</param>
internal sealed class ProfileOrders(Func<AudienceEnvironment, EventEngine> engineOf)
{
    private static readonly byte[] DeviceNamespace = Encoding.ASCII.GetBytes(GlobalIds.Uuid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Who else is asked about a call.</summary>
    internal EventEngine EngineOf(Arrival arrival) => engineOf(arrival.Environment);

    /// <summary>The hash that keeps the records of one device together.</summary>
    internal static ulong PartitionOf(Arrival arrival) =>
        arrival.Device is { } device ? PartitionHash.Of(DeviceNamespace, Encoding.ASCII.GetBytes(DeviceIds.Format(device)))
        : arrival.Ids.Count > 0 ? PartitionHash.Of(Encoding.ASCII.GetBytes(arrival.Ids[0].Namespace), Encoding.UTF8.GetBytes(arrival.Ids[0].Value))
        : 0;

    /// <summary>Gives an order about the ids of a call.</summary>
    internal Task<EventOutcome?> ApplyAsync(Arrival arrival, ProfileCommand command)
    {
        var writer = new ArrayBufferWriter<byte>(256);
        ProfileCommandRecord.Write(writer, command, arrival.Device, arrival.Tid, PartitionOf(arrival), arrival.Ids.Count, DeclaredId.Encode(arrival.Ids));
        return ApplyAsync(arrival, writer.WrittenMemory);
    }

    /// <summary>Applies a record; what hinders it is noted on the call. Null when nothing is known of its outcome.</summary>
    internal async Task<EventOutcome?> ApplyAsync(Arrival arrival, ReadOnlyMemory<byte> record)
    {
        try
        {
            var outcome = await EngineOf(arrival).Apply(record, arrival.Tid, arrival.Http.RequestAborted);
            if (outcome is null)
                arrival.Errors.AddOnce(EventErrors.NotEvaluated);
            else if (outcome.IsOptedOut)
                arrival.Stop(EventErrors.OptedOut);
            foreach (var code in outcome?.Errors ?? [])
                arrival.Errors.AddOnce(code);
            return outcome;
        }
        catch (JournalException)
        {
            arrival.IsUnkept = true;
            arrival.Errors.Add(EventErrors.Unspecified, "The call cannot be kept now; nothing of it was processed"); // the status stays 200 whatever happens
            return null;
        }
    }
}
