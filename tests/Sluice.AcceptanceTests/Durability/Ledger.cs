using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>The client's side of the bargain: every message it ever sent and what it was told of it. Its number is its <c>_id</c>.</summary>
/// <remarks>Threading: any thread.</remarks>
public sealed class Ledger
{
    private const int MostSurprises = 20;

    private readonly Lock _lock = new();
    private readonly List<MessageFate> _fates = [];
    private readonly List<string> _surprises = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _fates.Count;
        }
    }

    /// <summary>Requests answered with 503.</summary>
    public int TurnedAway { get; private set; }

    /// <summary>Answers that no client should ever see, the first few of them.</summary>
    public IReadOnlyList<string> Surprises
    {
        get
        {
            lock (_lock)
                return [.. _surprises];
        }
    }

    /// <summary>Numbers for messages that are about to be sent; returns the first.</summary>
    public int Reserve(int count)
    {
        lock (_lock)
        {
            var first = _fates.Count;
            _fates.AddRange(Enumerable.Repeat(MessageFate.InFlight, count));
            return first;
        }
    }

    /// <summary>Waits until that many messages were acknowledged as accepted.</summary>
    public Task UntilAcceptedAsync(int count) => Until.SeenAsync(() => Task.FromResult(Told(MessageFate.Accepted)), accepted => accepted >= count);

    public void Tell(int number, MessageFate fate)
    {
        lock (_lock)
            _fates[number] = fate;
    }

    public void TellTurnedAway()
    {
        lock (_lock)
            TurnedAway++;
    }

    public void Surprise(string what)
    {
        lock (_lock)
        {
            if (_surprises.Count < MostSurprises)
                _surprises.Add(what);
        }
    }

    public int Told(MessageFate fate)
    {
        lock (_lock)
            return _fates.Count(one => one == fate);
    }

    public MessageFate[] Fates()
    {
        lock (_lock)
            return [.. _fates];
    }
}
