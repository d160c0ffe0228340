using System.Buffers;
using System.Text;
using Sluice.Collection.Deduplication;
using Sluice.Collection.Receive;
using Sluice.Collection.Routes;
using Sluice.Collection.Validate;
using Sluice.Journal;
using Sluice.Journal.Records;

namespace Sluice.Collection.FailedMessages;

/// <summary>Some messages of a fix on their way through the front door: patched, judged like any other, and stored under the xaction id they had.</summary>
/// <remarks>
/// Each is remembered as sent again in the record that stores it. So a step that was stored and then, for a crash, not committed
/// finds its messages known when it is done again.
/// </remarks>
internal sealed class FixStep(CollectionEnvironment environment, Fix fix, JsonPatch patch, FixDetail detail)
{
    private const long RememberedSeconds = 30 * 86_400; // between storing a message and committing that lies a restart, not a month

    private readonly HashSet<int> _left = [];
    private readonly List<RequestClaims> _others = [];

    /// <summary>The lines that need not be sent again.</summary>
    internal HashSet<int> Closed { get; } = [];

    /// <summary>Judges and, unless it is a dry run, stores the lines; counts what became of each.</summary>
    internal async Task RunAsync(IReadOnlyList<FailedLine> lines, CancellationToken cancellation)
    {
        var todo = lines;
        while (todo.Count > 0)
        {
            _left.Clear();
            using (var claims = environment.Memory.Begin())
            {
                using var batch = AppendBatch.Rent();
                foreach (var line in todo)
                    Send(line, claims, batch);
                if (batch.Count > 0)
                {
                    // Once appended it must be counted: only the end of the process may come between.
                    var appended = await environment.Journal.AppendAsync(batch, CancellationToken.None);
                    claims.Store();
                    fix.FromOffset = fix.FromOffset < 0 ? appended.Offset : fix.FromOffset;
                    fix.NextOffset = appended.NextOffset;
                }
            }

            // Their ids are under way in requests of senders: those first.
            foreach (var other in _others)
                await other.Ended.WaitAsync(cancellation);
            _others.Clear();
            todo = [.. todo.Where(line => _left.Contains(line.Number))];
        }
    }

    private void Send(FailedLine line, RequestClaims claims, AppendBatch batch)
    {
        if (line.Patched(patch, out var fault) is not { } message)
        {
            fix.Unreadable++;
            detail.Add(line, null, fault);
            return;
        }

        var routes = environment.Routes;
        var inlet = routes.FindInlet(line.InletId) ?? environment.RouteOfGone(line.InletId);
        using var slots = new MessageSlots();
        if (!new EnvelopeReader(message).TryRead(slots, out var isMulti, out var envelopeFault) || isMulti)
        {
            fix.Refused++;
            detail.Add(line, message, isMulti ? "It has become a request of many messages" : envelopeFault.Describe(message));
            return;
        }

        var slot = slots.Span[0];
        var verdict = new MessageJudge(routes, inlet, message).Judge(slot);
        if (!verdict.IsAccepted)
        {
            fix.Refused++;
            detail.Add(line, message, RejectionText.Stored(verdict));
            return;
        }
        if (!fix.IsDryRun && !TryStore(line, message, slot, verdict, inlet, claims, batch))
            return;
        fix.Passed++;
        Closed.Add(line.Number);
        detail.Add(line, message, null);
    }

    // False when it was not stored now and does not count as passed: a duplicate, or to be asked about again.
    private bool TryStore(
        FailedLine line, byte[] message, in MessageSlot slot, in Verdict verdict, InletRoute inlet, RequestClaims claims, AppendBatch batch)
    {
        var xactionId = Encoding.UTF8.GetBytes(line.XactionId);
        var now = environment.Memory.NowSeconds;
        var resend = environment.Memory.Hash.Of(KeyKind.Resend, default, xactionId);
        var remembered = new RememberedKey(resend.High, resend.Low, (uint)(now + RememberedSeconds));
        if (claims.TryClaim(resend, remembered.ExpiresSeconds, now, out _) != Claim.Granted)
            return true; // stored before the step was interrupted

        RememberedKey alsoRemembered = default;
        if (DeduplicationKey.Of(slot, verdict, inlet, message, environment.Memory.Hash) is { } own)
        {
            alsoRemembered = new RememberedKey(own.Key.High, own.Key.Low, (uint)(now + own.Seconds));
            switch (claims.TryClaim(own.Key, alsoRemembered.ExpiresSeconds, now, out var other))
            {
                case Claim.Duplicate:
                    fix.Duplicate++;
                    Closed.Add(line.Number);
                    return false;
                case Claim.Undecided:
                    claims.Release(resend);
                    _others.Add(other!);
                    _left.Add(line.Number);
                    return false;
            }
        }

        var identities = ArrayPool<byte>.Shared.Rent(RecordWriter.IdentityBytes);
        new RecordWriter(inlet, environment.Routes.Namespaces, message, identities).Write(
            slot, verdict, xactionId, MessageMarks.Resent | (line.IsAuthenticated ? MessageMarks.Authenticated : MessageMarks.None), batch, remembered, alsoRemembered);
        ArrayPool<byte>.Shared.Return(identities);
        return true;
    }
}
