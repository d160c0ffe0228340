namespace Sluice.AcceptanceTests.Durability;

/// <summary>The bargain checked: what the client was told against what is in the files.</summary>
public sealed class Audit
{
    private readonly List<string> _faults = [];

    private Audit(Ledger ledger, LandedFiles landed)
    {
        var fates = ledger.Fates();
        for (var number = 0; number < fates.Length; number++)
            Check(number, fates[number], landed.TimesGood(number), landed.TimesFailed(number));
        foreach (var stranger in landed.Strangers)
            Fault($"not what was sent: {stranger}");
        foreach (var surprise in ledger.Surprises)
            Fault(surprise);
        if (landed.Loading > 0)
            Fault($"{landed.Loading} batches are announced and never landed");
        Summary = $"{Accepted} accepted and {Refused} refused were acknowledged, {InFlight} were in flight ({Kept} of them kept), "
            + $"{ledger.TurnedAway} requests turned away; {landed.Batches} batches; {Lost} lost, {Duplicated} duplicated, {Misplaced} misplaced";
    }

    public int Accepted { get; private set; }

    public int Refused { get; private set; }

    public int InFlight { get; private set; }

    /// <summary>Of those in flight, how many are there.</summary>
    public int Kept { get; private set; }

    public int Lost { get; private set; }

    public int Duplicated { get; private set; }

    /// <summary>Good ones among the failed, or the other way round.</summary>
    public int Misplaced { get; private set; }

    public string Summary { get; }

    public IReadOnlyList<string> Faults => _faults;

    public static Audit Of(Ledger ledger, LandedFiles landed) => new(ledger, landed);

    private void Check(int number, MessageFate fate, int good, int failed)
    {
        if (fate == MessageFate.Accepted)
            Accepted++;
        else if (fate == MessageFate.Refused)
            Refused++;
        else
            InFlight++;
        if (fate == MessageFate.InFlight && good + failed > 0)
            Kept++;

        if (fate != MessageFate.InFlight && good + failed == 0)
        {
            Lost++;
            Fault($"message {number} was acknowledged ({fate}) and is lost");
        }
        if (good + failed > 1)
        {
            Duplicated++;
            Fault($"message {number} ({fate}) is there {good} times as good and {failed} times as failed");
        }
        if (SentMessage.IsGood(number) ? failed > 0 : good > 0)
        {
            Misplaced++;
            Fault($"message {number} is in the wrong kind of file");
        }
    }

    private void Fault(string what)
    {
        if (_faults.Count < 50)
            _faults.Add(what);
    }
}
