namespace Sluice.Client.Produce;

/// <summary>What came of one request.</summary>
internal abstract record Answer
{
    private Answer()
    {
    }

    /// <summary>A verdict per message, in order; null for one that can succeed later.</summary>
    internal sealed record Verdicts(IReadOnlyList<MessageResult?> Results) : Answer;

    /// <summary>The request as a whole cannot be taken: in parts it may be, and a single message is to blame itself.</summary>
    internal sealed record Split(Problem Problem) : Answer;

    /// <summary>Nothing of it will ever be taken.</summary>
    internal sealed record Refused(Problem Problem) : Answer;

    /// <summary>It may succeed later.</summary>
    internal sealed record Later(string Reason, int Status = 0, TimeSpan? Asked = null) : Answer;
}
