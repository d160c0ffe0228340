using System.Text.Json;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Deliveries.Send;
using Sluice.Audience.Destinations;
using Sluice.Profiles.Engine;
using Sluice.Profiles.State;

namespace Sluice.Audience.Deliveries.Queue;

/// <summary>Tells one server-to-server destination of everybody who enters or leaves its segments (contract audience.md 5.6).</summary>
/// <remarks>
/// A batch of changes becomes users, each once; messages of different users go side by side, so what is told of one user stays in order. While the target fails, one
/// message at a time asks for it.
/// </remarks>
internal sealed class DestinationWorker(AudienceEnvironment environment, long id, DeliveryTools tools)
    : ChangeWorker(environment, DeliveryState.OfDestination, id, tools), IDisposable
{
    private const int MessagesAtOnce = 8;

    private readonly UserReader _reader = new(environment.Engine!.Profiles, environment.Deliveries.Store);
    private readonly PartnerSender _sender = new(tools.Client, tools.Clock, tools.Options.Region);
    private SendPlan? _plan;
    private Task? _hurry;
    private bool _looksForLetters;

    protected override bool IsThere => Find() is not null;

    protected override long Version => Find()?.Version ?? 0;

    protected override TimeSpan Retention
    {
        get
        {
            var most = Tools.Options.DeliveryRetention;
            return Find()?.DeliveryRetentionHours is { } hours && hours < most.TotalHours ? TimeSpan.FromHours(hours) : most;
        }
    }

    protected override async Task<long> FirstPositionAsync(CancellationToken stop)
    {
        var end = Profiles.CommittedSeq;
        return (await Profiles.FindChangeAsync(DateTimeOffset.FromUnixTimeMilliseconds(Find()?.CreateTime ?? NowMs), stop) ?? end + 1) - 1;
    }

    protected override async Task CarryAsync(IReadOnlyList<SegmentChange> changes, CancellationToken stop)
    {
        var waiting = Plan() is { } plan ? ChangedUser.Of(changes.Where(change => plan.Sends(change.Segment))) : [];
        if (waiting.Count > 0)
            Count(received: waiting.Count);
        while (waiting.Count > 0)
        {
            GiveUpOld(waiting);
            if (Plan() is not { } now)
                return; // the destination is gone, and all that waits for it
            waiting.RemoveAll(user => !user.IsFor(now));
            if (await SendSomeAsync(now, waiting, stop) is not { } failure)
                continue;
            Unreachable(failure);
            State.WaitingMs = waiting.Count > 0 ? waiting.Min(user => user.OldestMs) : 0;
            await SaveAsync(stop);
            await PauseAsync(State.NextMs, stop);
        }
    }

    /// <summary>Sends letters again that somebody asked for.</summary>
    protected override async Task CarryOthersAsync(CancellationToken stop)
    {
        if (_hurry is null or { IsCompleted: true })
            (_hurry, _looksForLetters) = (Environment.Deliveries.Hurry.Next, true);
        while (_looksForLetters && Plan() is { } plan)
        {
            if (await Environment.Deliveries.Letters.FindWaitingAsync(Id, stop) is not { } letter)
                _looksForLetters = false;
            else if (await SendAgainAsync(plan, letter, stop) is { } failure)
            {
                Unreachable(failure);
                await SaveAsync(stop);
                await PauseAsync(State.NextMs, stop);
                return; // what is new has its turn, too
            }
        }
    }

    public void Dispose() => _sender.Dispose();

    private Destination? Find() => Environment.Catalogue.Snapshot.Find(Kinds.Destinations, Id);

    private SendPlan? Plan()
    {
        var (catalogue, now) = (Environment.Catalogue.Snapshot, Tools.Clock.GetUtcNow());
        if (_plan?.IsOf(catalogue, now) != true)
            _plan = catalogue.Find(Kinds.Destinations, Id) is { } destination ? SendPlan.Of(catalogue, destination, now) : null;
        return _plan;
    }

    private void GiveUpOld(List<ChangedUser> waiting)
    {
        var before = NowMs - (long)Retention.TotalMilliseconds;
        Drop(waiting.RemoveAll(user => user.NewestMs < before));
    }

    /// <summary>Sends the first of those who wait, and takes off the list who is done with; says why when the target does not take more now.</summary>
    private async Task<TargetAnswer?> SendSomeAsync(SendPlan plan, List<ChangedUser> waiting, CancellationToken stop)
    {
        var some = waiting.Take(UserMessage.MaxUsers * (State.Attempts > 0 ? 1 : MessagesAtOnce)).ToList();
        var users = await _reader.ReadAsync(plan, some, stop);
        var lost = some.Except(users.Select(user => user.Of)).ToList();
        State.Unaddressed += lost.Count;
        Tools.Metrics.Counted(DeliveryState.OfDestination, lost.Count, "unaddressed");
        var done = lost.ToHashSet();
        TargetAnswer? failure = null;
        var messages = users.Chunk(UserMessage.MaxUsers).ToList();
        var answers = await Task.WhenAll(messages.Select(message => _sender.SendAsync(plan.Destination, message, stop)));
        foreach (var (message, heard) in messages.Zip(answers))
        {
            if (Note(message, heard) is var last && last.IsRefused)
                await BuryAsync(message, last, heard.Count, stop);
            if (last is { IsTaken: false, IsRefused: false })
                failure = last;
            else
                done.UnionWith(message.Select(user => user.Of));
        }
        waiting.RemoveAll(done.Contains);
        return failure;
    }

    private async Task<TargetAnswer?> SendAgainAsync(SendPlan plan, DeadLetter letter, CancellationToken stop)
    {
        var told = await _reader.ReadAsync(plan, [.. UsersOf(letter).Where(user => user.IsFor(plan))], stop);
        IReadOnlyList<TargetAnswer> heard = told.Count == 0 ? [] : await _sender.SendAsync(plan.Destination, told, stop);
        var last = heard.Count == 0 ? null : Note(told, heard);
        if (last is { IsTaken: false, IsRefused: false })
            return last;
        if (last is { IsRefused: true })
        {
            (letter.Waiting, letter.Attempts, letter.LastStatus, letter.LastError) = (false, letter.Attempts + heard.Count, last.Status, last.Reason);
            await Environment.Deliveries.Letters.RefusedAsync(letter, stop);
        }
        else
        {
            Drop(letter.UserCount - told.Count); // not mapped any more, or without an id
            await Environment.Deliveries.Letters.RemoveAsync(Id, [letter.Id], stop);
        }
        await SaveAsync(stop);
        return null;
    }

    private TargetAnswer Note(IReadOnlyList<ToldUser> message, IReadOnlyList<TargetAnswer> heard)
    {
        foreach (var answer in heard)
            Heard(answer);
        State.Retried += heard.Count - 1;
        var isTaken = heard[^1].IsTaken;
        Count(attempted: message.Count, delivered: isTaken ? message.Count : 0);
        if (!isTaken)
            return heard[^1];
        State.Attempts = 0;
        Told.AddRange(message.Select(user => new DeliveryAddress
        {
            Destination = Id,
            Namespace = user.Of.Key.Namespace,
            Id = user.Of.Key.Id,
            Device = user.Device,
            Partner = user.Partner,
            IsOver = !user.IsAnywhere,
        }));
        return heard[^1];
    }

    private async Task BuryAsync(ToldUser[] message, TargetAnswer last, int attempts, CancellationToken stop)
    {
        var letter = new DeadLetter
        {
            Destination = Id,
            AtMs = NowMs,
            Users = JsonSerializer.Serialize(
                [.. message.Select(user => new LetterUser(user.Of.Key.Namespace, user.Of.Key.Id, [.. user.Of.Changed.Keys]))], LetterJson.Default.IReadOnlyListLetterUser),
            UserCount = message.Length,
            Attempts = attempts,
            LastStatus = last.Status,
            LastError = last.Reason,
        };
        if (await Environment.Deliveries.Letters.TryAddAsync(letter, stop))
            Tools.Metrics.Counted(DeliveryState.OfDestination, message.Length, "dead");
        else
            Drop(message.Length);
    }

    private static IEnumerable<ChangedUser> UsersOf(DeadLetter letter)
    {
        foreach (var one in JsonSerializer.Deserialize(letter.Users, LetterJson.Default.IReadOnlyListLetterUser) ?? [])
        {
            var user = new ChangedUser(new ProfileKey(one.Namespace, one.Id));
            foreach (var sid in one.Segments)
                user.Add(sid, letter.AtMs);
            yield return user;
        }
    }
}
