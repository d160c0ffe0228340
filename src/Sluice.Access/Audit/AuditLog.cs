using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The <c>audit_entry</c> table, and the one writer that gathers what many requests have to say into one transaction.</summary>
/// <remarks>
/// Guarantees: when <see cref="WriteAsync"/> returns, the entry is on disk, so a granted token is never without its line. Administrative changes
/// write theirs in their own transaction. Bounds: at most <see cref="MaxWaiting"/> entries wait, then requests do; at most
/// <see cref="MaxEntries"/> are kept. After a failure: every waiting request gets the store's exception, and the next ones are tried again.
/// </remarks>
internal sealed class AuditLog(SqlStore sql, TimeProvider clock) : BackgroundService
{
    private const int MaxWaiting = 4_096;
    private const int MaxTogether = 512;
    private const int MaxEntries = 2_000_000; // half a GiB of rows
    private const int MaxTextCharacters = 500; // what a refused stranger sends is not kept at any length

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>Writes one entry, together with those of other requests, and returns when it is on disk.</summary>
    internal async Task WriteAsync(AuditEntry entry, CancellationToken cancellation)
    {
        var waiting = new Waiting(entry with { AtMs = clock.GetUtcNow().ToUnixTimeMilliseconds() });
        await _waiting.Writer.WriteAsync(waiting, cancellation);
        await waiting.Done.Task;
    }

    /// <summary>Writes an entry in the transaction of the change it tells of.</summary>
    internal Task AddAsync(SqlSession session, AuditEntry entry) =>
        InsertAsync(session, entry with { AtMs = clock.GetUtcNow().ToUnixTimeMilliseconds() });

    /// <summary>Reads entries, newest first.</summary>
    internal Task<List<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellation) => sql.ReadAsync(async session =>
    {
        var rows = await session.QueryAsync<Row>(
            """
            select seq as Seq, at_ms as AtMs, kind as Kind, outcome as Outcome, actor as Actor, client_id as ClientId, subject as Subject,
                address as Address, detail as Detail
            from audit_entry
            where seq < @Before and at_ms >= @FromMs and at_ms < @ToMs
                and (@Kind = '' or kind = @Kind) and (@Outcome = '' or outcome = @Outcome) and (@Actor = '' or actor = @Actor)
                and (@ClientId = '' or client_id = @ClientId) and (@Subject = '' or subject = @Subject)
            order by seq desc limit @Limit
            """, query);
        return rows.ConvertAll(row => row.Read());
    }, cancellation);

    /// <summary>Deletes what is older than the retention, and the oldest beyond the bound.</summary>
    internal static async Task SweepAsync(SqlSession session, long beforeMs)
    {
        var newest = await session.FindAsync<long>("select coalesce(max(seq), 0) from audit_entry");
        await session.ExecuteAsync("delete from audit_entry where at_ms < @beforeMs or seq <= @seq", new { beforeMs, seq = newest - MaxEntries });
    }

    /// <summary>Ends the writing once everything that waits is written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        if (ExecuteTask is not null)
            await ExecuteTask.WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var together = new List<Waiting>(MaxTogether);
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (together.Count < MaxTogether && _waiting.Reader.TryRead(out var one))
                together.Add(one);
            await WriteTogetherAsync(together);
            together.Clear();
        }
    }

    private async Task WriteTogetherAsync(List<Waiting> together)
    {
        try
        {
            await sql.WriteAsync(async session =>
            {
                foreach (var one in together)
                    await InsertAsync(session, one.Entry);
            }, CancellationToken.None);
        }
        catch (Exception failure)
        {
            // Handed to those who wait: their requests answer 503 or 500, and the log has it there.
            foreach (var one in together)
                one.Done.TrySetException(failure);
            return;
        }
        foreach (var one in together)
            one.Done.TrySetResult();
    }

    private static async Task InsertAsync(SqlSession session, AuditEntry entry) => await session.ExecuteAsync(
        """
        insert into audit_entry (seq, at_ms, kind, outcome, actor, client_id, subject, address, detail)
        values (@seq, @AtMs, @Kind, @Outcome, @actor, @clientId, @subject, @Address, @detail)
        """,
        new
        {
            seq = await session.NextIdAsync("audit"),
            entry.AtMs,
            entry.Kind,
            entry.Outcome,
            actor = Bounded(entry.Actor),
            clientId = Bounded(entry.ClientId),
            subject = Bounded(entry.Subject),
            entry.Address,
            detail = Bounded(entry.Detail),
        });

    private static string Bounded(string text) =>
        (text.Length <= MaxTextCharacters ? text : text[..MaxTextCharacters]).Replace("\0", "", StringComparison.Ordinal); // PostgreSQL keeps no NUL

    private sealed record Waiting(AuditEntry Entry)
    {
        internal TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Row
    {
        public long Seq { get; set; }
        public long AtMs { get; set; }
        public string Kind { get; set; } = "";
        public string Outcome { get; set; } = "";
        public string Actor { get; set; } = "";
        public string ClientId { get; set; } = "";
        public string Subject { get; set; } = "";
        public string Address { get; set; } = "";
        public string Detail { get; set; } = "";

        internal AuditEntry Read() => new()
        {
            Seq = Seq,
            AtMs = AtMs,
            Kind = Kind,
            Outcome = Outcome,
            Actor = Actor,
            ClientId = ClientId,
            Subject = Subject,
            Address = Address,
            Detail = Detail,
        };
    }
}

/// <summary>Which entries to read; an empty text or zero asks for nothing in particular.</summary>
internal sealed record AuditQuery(long Before, long FromMs, long ToMs, string Kind, string Outcome, string Actor, string ClientId, string Subject, int Limit);
