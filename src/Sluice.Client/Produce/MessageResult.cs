using System.Text.Json;

namespace Sluice.Client;

/// <summary>What became of a message.</summary>
public enum MessageOutcome
{
    /// <summary>The server has it, and it is on its disk.</summary>
    Accepted,

    /// <summary>It cannot be taken as it is; it is never sent again.</summary>
    Refused,

    /// <summary>The attempts are used up, or the producer was stopped: whether the server has it is not known.</summary>
    Undelivered,

    /// <summary>The producer was stopped; it stays in the spool and is sent by the next producer on that folder.</summary>
    Kept,
}

/// <summary>The end of one message's way, as the server (or, for what it need not see, the client) told it.</summary>
public sealed record MessageResult(MessageOutcome Outcome)
{
    /// <summary>The server's id of the message, by which it can be traced; null when it gave none.</summary>
    public string? XactionId { get; init; }

    /// <summary>Accepted, and stored by an earlier sending already.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>The status it was refused with; 0 when the client refused it, or nobody did.</summary>
    public int Status { get; init; }

    /// <summary>Why it was not accepted.</summary>
    public string? Message { get; init; }

    /// <summary>The server's <c>report</c> with the tree of violations; undefined without one.</summary>
    public JsonElement Report { get; init; }
}
