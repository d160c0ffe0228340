using Sluice.Gateway.Sealing;
using Sluice.Storage;

namespace Sluice.Gateway.Consumers;

/// <summary>The developers, apps and products of the organization: in memory for requests, in the installation's database for good.</summary>
/// <remarks>
/// Guarantees: a change is in the database before it counts, and counts on this node before its caller hears of it; other nodes follow with their next
/// tick. Changes take turns, over all nodes. Threading: <see cref="Current"/> is read by every request.
/// After a failure: a database that is away leaves what this node knows as it was; keys go on being verified with it.
/// </remarks>
internal sealed class ConsumerDirectory(SqlStore sql, Sealer sealer, TimeProvider clock) : IDisposable
{
    internal const string DeveloperSubject = "developer:";
    internal const string AppSubject = "app:";
    internal const string ProductSubject = "product:";

    private const string ChangeKind = "gateway-consumers";
    private const string Turns = "gateway_consumers";

    private readonly SemaphoreSlim _turn = new(1);
    private volatile ConsumerSnapshot _current = ConsumerSnapshot.Empty;

    internal ConsumerSnapshot Current => _current;

    internal Task OpenAsync(CancellationToken cancellation) => ReadAllAsync(cancellation);

    /// <summary>Changes what <paramref name="change"/> changes in one transaction, and then in memory.</summary>
    internal async Task<T> ChangeAsync<T>(Func<ConsumerRows, Task<T>> change, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            IReadOnlyList<string> touched = [];
            var result = await sql.WriteAsync(async session =>
            {
                // The row of the sequence is locked until the commit: one change after the other, whichever node it is on.
                await session.NextIdAsync(Turns);
                var rows = new ConsumerRows(session, sealer);
                var made = await change(rows);
                foreach (var subject in rows.Touched)
                    await ChangeLog.AddAsync(session, ChangeKind, subject, clock);
                touched = rows.Touched;
                return made;
            }, cancellation);
            await ReadAsync(touched, CancellationToken.None); // what is committed must be seen, whoever waits for it
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Learns what other nodes changed; null for more than can be told.</summary>
    internal async Task FollowAsync(IReadOnlyList<ChangeEntry>? changes, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (changes is null)
                await ReadAllAsync(cancellation);
            else
                await ReadAsync([.. changes.Where(change => change.Kind == ChangeKind).Select(change => change.Subject).Distinct()], cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task ReadAllAsync(CancellationToken cancellation) => _current = await sql.ReadAsync(async session =>
    {
        var rows = new ConsumerRows(session, sealer);
        return ConsumerSnapshot.Of(await rows.DevelopersAsync(), await rows.AppsAsync(), await rows.ProductsAsync());
    }, cancellation);

    private async Task ReadAsync(IReadOnlyList<string> subjects, CancellationToken cancellation)
    {
        if (subjects.Count == 0)
            return;
        _current = await sql.ReadAsync(async session =>
        {
            var (rows, next) = (new ConsumerRows(session, sealer), _current);
            foreach (var subject in subjects)
            {
                var id = subject[(subject.IndexOf(':', StringComparison.Ordinal) + 1)..];
                next = subject.StartsWith(DeveloperSubject, StringComparison.Ordinal) ? next.WithDeveloper(id, await rows.FindDeveloperAsync(id))
                    : subject.StartsWith(AppSubject, StringComparison.Ordinal) ? next.WithApp(id, await rows.FindAppAsync(id))
                    : next.WithProduct(id, await rows.FindProductAsync(id));
            }
            return next;
        }, cancellation);
    }
}
