using System.Runtime.CompilerServices;
using Sluice.Schemas.Model;
using Sluice.Schemas.Text;

namespace Sluice.Schemas.Validate;

/// <summary>
/// Walks over one value once, checking each part against its schema on the way. This file holds the route; what a schema
/// demands of one kind of value is in the file named after that kind.
/// </summary>
/// <remarks>
/// Guarantees: for text that <see cref="JsonScanner"/> has accepted, the verdict of the schema. For any other text: no
/// exception, no read outside the span, an end in bounded time, and some verdict.
/// Every check takes the position of a value's first byte and returns the position just after it, or <see cref="Stop"/>.
/// </remarks>
internal ref struct Walker<TMode>
    where TMode : struct, IWalkMode
{
    /// <summary>The answer of a check when the walk is over: refused, broken off, or not JSON.</summary>
    public const int Stop = -1;

    // Stack is looked at every so many levels; a level takes less than 2 KB, .NET keeps 64 KB or more in reserve.
    private const int StackCheckLevels = 8;

    // Alternatives look at the same bytes again, and alternatives within alternatives multiply that. Past this many bytes
    // (some tenths of a second) plus as many times the message, the walk is given up.
    private const long EffortBytes = 32 << 20;
    private const int EffortPerByte = 64;
    private const int EffortPerLook = 16;

    public readonly ReadOnlySpan<byte> Json;
    public readonly Scratch Scratch;
    public readonly WalkLimits Limits;
    public readonly ViolationReport? Report;
    public readonly bool RefusesRepeatedNames; // from the limits, which are further away

    private int _depth;
    private long _effort;

    public Walker(ReadOnlySpan<byte> json, WalkLimits limits, Scratch scratch, ViolationReport? report)
    {
        Json = json;
        Limits = limits;
        Scratch = scratch;
        Report = report;
        RefusesRepeatedNames = limits.RefusesRepeatedNames;
        _effort = EffortBytes + (long)json.Length * EffortPerByte;
    }

    /// <summary>Why the walk was given up, if it was.</summary>
    public Overrun Overrun { get; private set; }

    /// <summary>Checks the text as a whole. True when it is one valid value and nothing else.</summary>
    public bool CheckWhole(SchemaNode root)
    {
        int end = CheckValue(root, JsonScanner.SkipWhitespace(Json, 0));
        return end >= 0 && JsonScanner.SkipWhitespace(Json, end) == Json.Length && Overrun == Overrun.None;
    }

    /// <summary>Checks a value against everything that its schema says.</summary>
    public int CheckValue(SchemaNode node, int position) =>
        node.HasExtras ? CombinationCheck<TMode>.Check(ref this, node, position) : CheckKind(node, position);

    /// <summary>Checks a value against what its schema says about values of its kind.</summary>
    public int CheckKind(SchemaNode node, int position)
    {
        var json = Json;
        if ((uint)position >= (uint)json.Length)
            return Stop;

        switch (json[position])
        {
            case (byte)'"':
                return CheckString(node, position);
            case (byte)'{':
                return (node.Types & JsonTypes.Members) == 0 ? RefuseType(node, position, JsonTypes.Members)
                    : node.Objects is null && !RefusesRepeatedNames ? SkipValue(position)
                    : ObjectCheck<TMode>.Check(ref this, node, position);
            case (byte)'[':
                return (node.Types & JsonTypes.Sequence) == 0 ? RefuseType(node, position, JsonTypes.Sequence)
                    : node.Arrays is null && !RefusesRepeatedNames ? SkipValue(position)
                    : ArrayCheck<TMode>.Check(ref this, node, position);
            case (byte)'t':
                return CheckLiteral(node, position, "true"u8, JsonTypes.Boolean);
            case (byte)'f':
                return CheckLiteral(node, position, "false"u8, JsonTypes.Boolean);
            case (byte)'n':
                return CheckLiteral(node, position, "null"u8, JsonTypes.Null);
            default:
                return NumberCheck<TMode>.Check(ref this, node, position);
        }
    }

    /// <summary>Opens an object or an array; false when that is one too many.</summary>
    public bool TryEnter()
    {
        if (++_depth > Limits.MaxDepth || (_depth % StackCheckLevels == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack()))
        {
            Overrun = Overrun.Depth;
            return false;
        }

        return true;
    }

    /// <summary>Closes it.</summary>
    public void Leave() => _depth--;

    /// <summary>Whether a value satisfies a schema, without a word about why not. Stops the walk only by <see cref="Overrun"/>.</summary>
    public bool Matches(SchemaNode node, int position)
    {
        var mark = Scratch.Marked;
        var probe = new Walker<Probing>(Json, Limits, Scratch, null);
        probe.Resume(_depth, _effort);
        int end = probe.CheckValue(node, position);
        Scratch.ReturnTo(mark);
        _effort = probe.EffortLeft;
        if (probe.Overrun != Overrun.None)
            Overrun = probe.Overrun;
        return end >= 0;
    }

    /// <summary>Takes what it costs to look at so many bytes once more; false when there is no more to take.</summary>
    public bool TryAgain(int bytes)
    {
        _effort -= bytes + EffortPerLook;
        if (_effort < 0)
            Overrun = Overrun.Effort;
        else if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            Overrun = Overrun.Depth;
        return Overrun == Overrun.None;
    }

    /// <summary>Starts where another walk over the same text is.</summary>
    public void Resume(int depth, long effort) => (_depth, _effort) = (depth, effort);

    /// <summary>What is left for looking at bytes again.</summary>
    public readonly long EffortLeft => _effort;

    /// <summary>The depth of the value being looked at.</summary>
    public readonly int Depth => _depth;

    /// <summary>Steps over a value that nothing is demanded of.</summary>
    public int SkipValue(int position)
    {
        if (JsonScanner.TrySkipValue(Json, ref position, Math.Max(0, Limits.MaxDepth - _depth), out var error))
            return position;
        if (error == JsonScanError.TooDeep)
            Overrun = Overrun.Depth;
        return Stop;
    }

    /// <summary>Says that a value is of the wrong type, and steps over it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int RefuseType(SchemaNode node, int position, JsonTypes found)
    {
        if (!TMode.Collects)
            return Stop;

        int end = SkipValue(position);
        if (end < 0)
            return Stop;
        string message = ViolationText.Type(node.TypeNames, TypeText.Found(found, Json[position..end]));
        return Report!.Add(Json, "type", message, node.Location) ? end : Stop;
    }

    private int CheckString(SchemaNode node, int position)
    {
        var json = Json;
        int end = StringScan.FindStop(json, position + 1);
        if ((uint)end >= (uint)json.Length)
            return Stop;

        bool escaped = json[end] != (byte)'"';
        if (escaped)
        {
            end = position;
            if (!JsonScanner.TrySkipString(json, ref end, out _, out _))
                return Stop;
            end--;
        }

        if ((node.Types & JsonTypes.Text) == 0)
            return RefuseType(node, position, JsonTypes.Text);
        return node.Strings is { } rules && !StringCheck<TMode>.Check(ref this, rules, node.Location, json[(position + 1)..end], escaped)
            ? Stop
            : end + 1;
    }

    private int CheckLiteral(SchemaNode node, int position, ReadOnlySpan<byte> literal, JsonTypes kind)
    {
        if (!Json[position..].StartsWith(literal))
            return Stop;
        return (node.Types & kind) == 0 ? RefuseType(node, position, kind) : position + literal.Length;
    }
}
