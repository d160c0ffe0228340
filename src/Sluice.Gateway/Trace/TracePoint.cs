using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Trace;

/// <summary>One thing that happened to a watched request: a condition that was asked, a step that ran, a message that came or went, a fault.</summary>
internal sealed class TracePoint(string kind, long startedAt)
{
    private readonly List<(string Name, string Value)> _properties = [];
    private readonly List<TraceAccess> _accesses = [];

    /// <summary>What it is, as clients of the original know it: <c>StateChange</c>, <c>Condition</c>, <c>Execution</c>, <c>Error</c>.</summary>
    internal string Kind => kind;

    /// <summary>When it began, as a timestamp of the clock.</summary>
    internal long StartedAt { get; } = startedAt;

    /// <summary>When it ended, as a timestamp of the clock; its beginning while it goes on.</summary>
    internal long EndedAt { get; set; } = startedAt;

    internal IReadOnlyList<(string Name, string Value)> Properties => _properties;

    internal IReadOnlyList<TraceAccess> Accesses => _accesses;

    /// <summary>The message that came or went; null for everything else.</summary>
    internal TracedMessage? Message { get; set; }

    internal void Tell(string name, string value) => _properties.Add((name, value));

    /// <summary>Notes an access; false when the same write was the last thing noted, as when a variable hands its value on to another place.</summary>
    internal bool Note(TraceAccess access)
    {
        if (access.IsWrite && _accesses.Count > 0 && _accesses[^1] == access)
            return false;
        _accesses.Add(access);
        return true;
    }
}

/// <summary>One variable that was read or written.</summary>
/// <param name="IsWrite">Whether it was written.</param>
/// <param name="Name">Whose value.</param>
/// <param name="Value">The value as text, cut and masked; null for none.</param>
/// <param name="IsDone">False for a write that was refused.</param>
internal sealed record TraceAccess(bool IsWrite, string Name, string? Value, bool IsDone);

/// <summary>A message as it was when it came or went, its texts cut and masked.</summary>
/// <param name="Kind"><c>RequestMessage</c>, <c>ResponseMessage</c> or <c>ErrorMessage</c>.</param>
/// <param name="Verb">The method of a request; null otherwise.</param>
/// <param name="Uri">Path and query of a request; null otherwise.</param>
/// <param name="Status">The status of a response; 0 otherwise.</param>
/// <param name="Headers">In their order.</param>
/// <param name="Content">The body as text; null when it is streamed or empty.</param>
internal sealed record TracedMessage(string Kind, string? Verb, string? Uri, int Status, IReadOnlyList<HeaderField> Headers, string? Content);
