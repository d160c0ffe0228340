namespace Sluice.Journal.Records;

/// <summary>What a journal record is. A reader passes over kinds it does not know.</summary>
public enum RecordKind : byte
{
    /// <summary>A message a producer sent to an inlet.</summary>
    Message = 1,

    /// <summary>The answer to a request with an <c>Idempotency-Key</c>; see <see cref="AnswerRecord"/>.</summary>
    Answer = 2,

    /// <summary>An event call of the Audience door; see <see cref="EventRecord"/>.</summary>
    Event = 3,

    /// <summary>An opt-out or a link of ids; see <see cref="ProfileCommandRecord"/>.</summary>
    ProfileCommand = 4,

    /// <summary>Rules that hold from here on; see <see cref="RulesRecord"/>.</summary>
    Rules = 5,

    /// <summary>A day began without anything else; see <see cref="TimeRecord"/>.</summary>
    Time = 6,

    /// <summary>What a new rule would have realized before it was made; see <see cref="BackfillRecord"/>.</summary>
    Backfill = 7,
}

/// <summary>What the door decided about a message.</summary>
public enum MessageOutcome : byte
{
    /// <summary>It passed every check and belongs to its dataset.</summary>
    Accepted = 0,

    /// <summary>It was refused; the record carries the reasons, and the message for somebody to put right.</summary>
    Rejected = 1,
}

/// <summary>What else is known of a message.</summary>
[Flags]
public enum MessageMarks : byte
{
    None = 0,

    /// <summary>Its dataset is enabled for profiles; consumers of profiles pass over a record without this by its header alone.</summary>
    Profile = 1,

    /// <summary>A valid token came with the request.</summary>
    Authenticated = 2,

    /// <summary>The sender left the organisation out; readers show it filled in.</summary>
    OrganisationAdded = 4,

    /// <summary>It was refused before, put right and sent again; the xaction id is the one its sender was told then.</summary>
    Resent = 8,

    /// <summary>It named identities of a namespace that is not registered; they are left out.</summary>
    UnknownNamespace = 16,

    /// <summary>It was a request of its own, whose HTTP status was its verdict.</summary>
    Alone = 32,
}

/// <summary>How sure the sender is that an identity is this person's (identityMap's <c>authenticatedState</c>).</summary>
public enum AuthenticatedState : byte
{
    Ambiguous = 0,
    Authenticated = 1,
    LoggedOut = 2,
}
