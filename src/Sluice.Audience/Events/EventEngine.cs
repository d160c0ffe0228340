using Sluice.Profiles.Rules;

namespace Sluice.Audience.Events;

/// <summary>What came of a record once it was applied.</summary>
/// <param name="Realized">The traits that the event realized.</param>
/// <param name="Segments">The segments that the person is in now.</param>
/// <param name="IsOptedOut">Whether the ids are opted out, so that nothing was collected.</param>
/// <param name="Errors">Codes to add to the answer.</param>
internal sealed record EventOutcome(IReadOnlyList<long> Realized, IReadOnlyList<long> Segments, bool IsOptedOut, IReadOnlyList<int> Errors);

/// <summary>Appends a record to the journal of an environment and waits until it is applied; null when that takes too long: it will be applied still.</summary>
/// <param name="record">An event's record, or that of an order about ids.</param>
/// <param name="tid">By which the record's outcome is known.</param>
/// <param name="cancellation">The caller went away.</param>
internal delegate Task<EventOutcome?> ApplyEvent(ReadOnlyMemory<byte> record, ulong tid, CancellationToken cancellation);

/// <summary>What the event calls need of an environment's engine.</summary>
/// <param name="Apply">Applies a record.</param>
/// <param name="RealizePrivate">The traits whose rules name private keys and hold for these signals.</param>
internal sealed record EventEngine(ApplyEvent Apply, Func<Signals, IReadOnlyList<long>> RealizePrivate)
{
    /// <summary>Of a node without an engine: nothing is kept, and the answers say so with code 10.</summary>
    internal static EventEngine Absent { get; } = new((_, _, _) => Task.FromResult<EventOutcome?>(null), _ => []);
}
