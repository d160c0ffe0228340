using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Flow;

/// <summary>Why a flow goes into its error state (contract gateway.md 6): what fault rules see, and what the client gets when no rule changes it.</summary>
/// <param name="Code">The error code with its prefix, such as <c>steps.assignmessage.UnresolvedVariable</c>.</param>
/// <param name="Text">The fault string.</param>
/// <param name="Status">The status of the default answer.</param>
internal sealed record Fault(string Code, string Text, int Status = 500)
{
    /// <summary><c>fault.name</c>: what follows the last dot of the code.</summary>
    internal string Name => Code[(Code.LastIndexOf('.') + 1)..];

    /// <summary>The reason phrase of the default answer; null sends the usual one.</summary>
    internal string? Reason { get; init; }

    /// <summary>The error message when it is more than the default body: the target's own answer, or what RaiseFault made.</summary>
    internal Message? Answer { get; init; }

    /// <summary>Whether RaiseFault made it, which keeps the default fault rule from running after a rule that did.</summary>
    internal bool IsRaised { get; init; }

    /// <summary>Whether the target answered, but with a status that is no success.</summary>
    internal bool IsErrorResponse => Code == ErrorResponse.Code;

    internal static readonly Fault ErrorResponse = new("messaging.adaptors.http.flow.ErrorResponseCode", "Received 500 Response");
}
