using System.Runtime.CompilerServices;
using Sluice.Schemas.Model;
using Sluice.Schemas.Text;

namespace Sluice.Schemas.Validate;

/// <summary>What a schema demands of objects: the loop over the members of one object.</summary>
/// <remarks>
/// A name is first guessed: producers write the same names in the same order, and mostly in the schema's. Wrong guesses cost
/// a comparison each; then the name is hashed and looked up.
/// </remarks>
internal static class ObjectCheck<TMode>
    where TMode : struct, IWalkMode
{
    private const int Stop = Walker<TMode>.Stop;
    private const int BitsPerWord = 64;
    private const int Unknown = -1;
    private const int Guesses = 4;

    /// <summary>Checks the object whose brace stands at a position.</summary>
    public static int Check(ref Walker<TMode> walk, SchemaNode node, int position)
    {
        var rules = node.Objects ?? ObjectRules.Free;
        if (!walk.TryEnter())
            return Stop;

        var json = walk.Json;
        var properties = rules.Properties;
        int names = walk.Scratch.Names.Count;
        int words = rules.Required.Length;
        int address = words > 1 ? walk.Scratch.TakeBits(words) : 0;
        bool namesMatter = rules.NamesMatter;
        ulong seen = 0; // the bits, while they fit one word
        int count = 0;
        int guess = 0;
        int opened = position;

        position = JsonScanner.SkipWhitespace(json, position + 1);
        if ((uint)position >= (uint)json.Length)
            return Stop;

        while (json[position] != (byte)'}' || count > 0)
        {
            if (json[position] != (byte)'"')
                return Stop;

            int start = position + 1;
            int place;
            Property? property = null;
            if ((uint)guess < (uint)properties.Length && (property = properties[guess]).StandsAt(json, start))
            {
                place = guess;
                position = start + property.QuotedLength;
            }
            else
            {
                place = FindName(ref walk, rules, guess, ref position);
                if (position < 0)
                    return Stop;
                property = place >= 0 ? properties[place] : null;
            }

            int nameEnd = position - 1;
            if ((uint)position >= (uint)json.Length)
                return Stop;
            if (json[position] != (byte)':')
            {
                position = JsonScanner.SkipWhitespace(json, position);
                if ((uint)position >= (uint)json.Length || json[position] != (byte)':')
                    return Stop;
            }

            position = JsonScanner.SkipWhitespace(json, position + 1);
            count++;

            var child = property?.Node;
            if (property is not null)
            {
                guess = place + 1;
                ulong bit = 1UL << (place % BitsPerWord);
                bool isFirst = words == 1 ? (seen & bit) == 0 : TrySeeFar(ref walk, words, address, place);
                seen |= bit;
                if (!isFirst && walk.RefusesRepeatedNames && !RefuseRepeated(ref walk, node, start, nameEnd))
                    return Stop;
            }

            position = child is null || namesMatter
                ? CheckMember(ref walk, node, rules, child, start, nameEnd, position)
                : CheckDeclared(ref walk, child, start, nameEnd, position);
            if (position < 0)
                return Stop;

            position = JsonScanner.SkipWhitespace(json, position);
            if ((uint)position >= (uint)json.Length)
                return Stop;
            if (json[position] == (byte)'}')
                break;
            if (json[position] != (byte)',')
                return Stop;
            position = JsonScanner.SkipWhitespace(json, position + 1);
            if ((uint)position >= (uint)json.Length)
                return Stop;
        }

        walk.Leave();
        if (words == 1 && rules.EndsPlainly && (rules.Required[0] & ~seen) == 0 && walk.Scratch.Names.Count == names)
            return position + 1;

        return Finish(ref walk, node, rules, address, ref seen, new Extent(opened, position + 1, count, names));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Finish(ref Walker<TMode> walk, SchemaNode node, ObjectRules rules, int address, ref ulong seen, Extent extent)
    {
        int words = rules.Required.Length;
        var bits = words > 1 ? walk.Scratch.Bits(address, words) : new ReadOnlySpan<ulong>(in seen);
        bool goesOn = ObjectEnd<TMode>.Check(ref walk, node, rules, bits, extent.Count, extent.NamesBefore)
            && (rules.Dependencies.Length == 0 || ObjectEnd<TMode>.CheckDependencies(ref walk, rules, bits, extent.Start, extent.End));
        if (words > 1)
            walk.Scratch.ReleaseBits(words);
        return goesOn ? extent.End : Stop;
    }

    // The place of the name whose quote stands at a position, or Unknown; moves to just after its closing quote, or to Stop.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int FindName(ref Walker<TMode> walk, ObjectRules rules, int guess, ref int position)
    {
        int start = position + 1;
        var properties = rules.Properties;
        int lastGuess = Math.Min(guess + Guesses, properties.Length);
        while (++guess < lastGuess)
        {
            if (!properties[guess].StandsAt(walk.Json, start))
                continue;
            position = start + properties[guess].QuotedLength;
            return guess;
        }

        if (!JsonScanner.TrySkipString(walk.Json, ref position, out bool escaped, out _))
        {
            position = Stop;
            return Unknown;
        }

        bool remembers = walk.RefusesRepeatedNames;
        if (properties.Length == 0 && !remembers)
            return Unknown;

        var content = walk.Json[start..(position - 1)];
        var name = escaped ? walk.Scratch.Resolve(content) : content;
        ulong hash = KeyHash.Of(name);
        int place = rules.Names.Find(name, hash);
        if (place < 0 && remembers)
            walk.Scratch.Names.Add(hash, start, content.Length);
        return place;
    }

    // Marks a known name as met where one word does not hold all names; false when it was met before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TrySeeFar(ref Walker<TMode> walk, int words, int address, int place)
    {
        ref ulong word = ref walk.Scratch.Bits(address, words)[place / BitsPerWord];
        ulong bit = 1UL << (place % BitsPerWord);
        bool isFirst = (word & bit) == 0;
        word |= bit;
        return isFirst;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RefuseRepeated(ref Walker<TMode> walk, SchemaNode node, int start, int nameEnd) =>
        TMode.Collects
        && walk.Report!.Add(walk.Json, "duplicateKey", ViolationText.Repeated(walk.Json[start..nameEnd]), node.Location);

    private static int CheckDeclared(ref Walker<TMode> walk, SchemaNode child, int start, int nameEnd, int position)
    {
        if (!TMode.Collects)
            return walk.CheckValue(child, position);

        walk.Report!.EnterProperty(start, nameEnd);
        int end = walk.CheckValue(child, position);
        if (end >= 0)
            walk.Report!.Leave();
        return end;
    }

    // The general case: the name has a schema, patterns choose schemas, or nothing knows the name.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CheckMember(
        ref Walker<TMode> walk, SchemaNode node, ObjectRules rules, SchemaNode? child, int start, int nameEnd, int position)
    {
        if (rules.PropertyNames is { } names && walk.CheckValue(names, start - 1) < 0)
            return Stop;

        int end = Unknown;
        if (child is not null && (end = CheckDeclared(ref walk, child, start, nameEnd, position)) < 0)
            return Stop;

        foreach (var pattern in rules.Patterns)
        {
            if (!pattern.Pattern.IsMatch(walk.Scratch.Resolve(walk.Json[start..nameEnd]), walk.Scratch))
                continue;
            if (end >= 0 && !walk.TryAgain(end - position))
                return Stop;
            if ((end = CheckDeclared(ref walk, pattern.Node, start, nameEnd, position)) < 0)
                return Stop;
        }

        if (end >= 0)
            return end;
        if (!rules.RefusesOthers)
            return CheckDeclared(ref walk, rules.Additional, start, nameEnd, position);
        return TMode.Collects
            && walk.Report!.Add(walk.Json, "additionalProperties", ViolationText.Extraneous(walk.Json[start..nameEnd]), node.Location)
                ? walk.SkipValue(position)
                : Stop;
    }

    /// <summary>Where an object stands, how many members it has, and how many names were held when it opened.</summary>
    private readonly record struct Extent(int Start, int End, int Count, int NamesBefore);
}
