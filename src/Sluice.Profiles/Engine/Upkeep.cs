using System.Globalization;
using Sluice.Profiles.Rulebook;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>What has to be done to profiles without an event of theirs: when rules changed, and when a day began. A slice at a time, between events.</summary>
internal sealed class Upkeep(Lock gate, ProfileStore store, ProfileTable profiles, ProfileLoader loader, RuleSet rules, Applier applier)
{
    private const string PendingPrefix = "pending:";
    private const int SliceOfProfiles = 200;

    // Where the sweep of a day stands: behind a profile, or one of these.
    private const int SweepFromTheStart = -1;
    private const int SweepAfterCommit = -2; // what the store lists as due must hold all that happened before the day
    private const int SweepIsOver = int.MaxValue;

    private readonly Queue<Reevaluation> _reevaluations = new();
    private readonly HashSet<long> _pending = []; // segments whose members are being brought up to date
    private readonly HashSet<long> _settled = []; // those that were, since the last commit
    private int _dueAfter = SweepFromTheStart;

    internal bool HasWork => _reevaluations.Count > 0 || _dueAfter < SweepIsOver;

    internal bool WaitsForCommit => _dueAfter == SweepAfterCommit;

    internal bool IsPending(long segment) => _pending.Contains(segment);

    /// <summary>A day began: whose day has come is looked for after the next commit.</summary>
    internal void BeginDay() => _dueAfter = SweepAfterCommit;

    /// <summary>Everything up to a day is in the store.</summary>
    internal void Committed(int day)
    {
        if (_dueAfter == SweepAfterCommit && day == applier.Day)
            _dueAfter = SweepFromTheStart;
    }

    /// <summary>The segments that were brought up to date since the last call, and those that are being.</summary>
    internal (IReadOnlyList<long> Settled, IReadOnlyList<long> Pending) TakeProgress()
    {
        var progress = (_settled.ToArray(), _pending.ToArray());
        _settled.Clear();
        return progress;
    }

    internal async Task GoOnAsync(CancellationToken cancellation)
    {
        if (_dueAfter is not (SweepIsOver or SweepAfterCommit))
            await SweepAsync(cancellation);
        if (_reevaluations.TryPeek(out var reevaluation))
            await ReevaluateAsync(reevaluation, cancellation);
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var (day, after) = (applier.Day, _dueAfter);
        var due = await store.ListDueAsync(day, after, SliceOfProfiles, cancellation);
        await loader.LoadAsync(due, cancellation);
        lock (gate)
        {
            var now = DateTimeOffset.FromUnixTimeSeconds((long)day * UtcDay.SecondsOfDay); // exits happen at midnight, whenever they are found
            foreach (var number in due)
            {
                if (profiles.Find(number) is { } profile && profile.NextDay <= day)
                    applier.Fire(profile, now);
            }
            if (applier.Day == day)
                _dueAfter = due.Count < SliceOfProfiles ? SweepIsOver : due[^1];
        }
    }

    /// <summary>Under which number's name a segment whose members are being brought up to date is kept.</summary>
    internal static string PendingName(long sid) => PendingPrefix + sid.ToString(CultureInfo.InvariantCulture);

    /// <summary>Goes on with what was under way when the numbers were kept.</summary>
    internal void Resume(IEnumerable<string> numbers)
    {
        var pending = numbers.Where(name => name.StartsWith(PendingPrefix, StringComparison.Ordinal)).Select(name => long.Parse(name.AsSpan(PendingPrefix.Length), CultureInfo.InvariantCulture)).ToHashSet();
        if (pending.Count > 0)
            Reevaluate(pending);
    }

    /// <summary>Begins to bring the members of some segments up to date.</summary>
    internal void Reevaluate(HashSet<long> segments)
    {
        _pending.UnionWith(segments);
        _settled.ExceptWith(segments);
        _reevaluations.Enqueue(new Reevaluation(segments, profiles.NextNumber));
    }

    private async Task ReevaluateAsync(Reevaluation reevaluation, CancellationToken cancellation)
    {
        var end = Math.Min(reevaluation.Next + SliceOfProfiles, reevaluation.EndNumber);
        await loader.LoadAsync([.. Enumerable.Range(reevaluation.Next, end - reevaluation.Next)], cancellation);
        lock (gate)
        {
            var entries = reevaluation.Entries(rules.Segments);
            var now = DateTimeOffset.FromUnixTimeMilliseconds(applier.NowMs);
            for (; reevaluation.Next < end; reevaluation.Next++)
            {
                if (profiles.Find(reevaluation.Next) is not { } profile)
                    continue;
                if (profile.NextDay <= applier.Day && !applier.Fire(profile, DateTimeOffset.FromUnixTimeSeconds((long)applier.Day * UtcDay.SecondsOfDay)))
                    continue;
                applier.Settle(profile, entries, now, ChangeCause.RuleEdit, null);
                foreach (var membership in profile.Segments)
                {
                    if (reevaluation.Segments.Contains(membership.Sid) && rules.Segments.Find(membership.Sid) is null)
                        applier.Leave(profile, membership.Sid, now);
                }
            }
            if (!reevaluation.IsDone)
                return;
            _reevaluations.Dequeue();
            foreach (var sid in reevaluation.Segments.Where(sid => !_reevaluations.Any(other => other.Segments.Contains(sid))))
            {
                _pending.Remove(sid);
                _settled.Add(sid);
            }
        }
    }
}
