using Sluice.Schemas.Model;

namespace Sluice.Schemas.Validate;

/// <summary>What can be said of an object only when all its members are known.</summary>
internal static class ObjectEnd<TMode>
    where TMode : struct, IWalkMode
{
    private const int BitsPerWord = 64;

    /// <summary>Checks an object whose loop is over. False when the walk is over.</summary>
    /// <param name="seen">The bits of the known names that were met.</param>
    /// <param name="count">The number of members.</param>
    /// <param name="names">What the ledger held when the object opened.</param>
    public static bool Check(
        ref Walker<TMode> walk, SchemaNode node, ObjectRules rules, scoped ReadOnlySpan<ulong> seen, int count, int names)
    {
        var required = rules.Required;
        for (int word = 0; word < required.Length; word++)
        {
            if ((required[word] & ~seen[word]) != 0 && !RefuseMissing(ref walk, rules, word, required[word] & ~seen[word]))
                return false;
        }

        if (walk.Scratch.Names.Count > names)
        {
            if (walk.Scratch.Names.TryFindRepeated(walk.Json, names, out var name)
                && !(TMode.Collects && walk.Report!.Add(walk.Json, "duplicateKey", ViolationText.Repeated(name), node.Location)))
                return false;
            walk.Scratch.Names.TruncateTo(names);
        }

        if (count < rules.MinProperties
            && !(TMode.Collects && walk.Report!.Add(walk.Json, "minProperties", ViolationText.TooFewProperties(rules.MinProperties, count), node.Location)))
            return false;
        if (count > rules.MaxProperties
            && !(TMode.Collects && walk.Report!.Add(walk.Json, "maxProperties", ViolationText.TooManyProperties(rules.MaxProperties, count), node.Location)))
            return false;
        return true;
    }

    /// <summary>Checks what the names that were met bring into force. False when the walk is over.</summary>
    /// <param name="start">The object's brace.</param>
    /// <param name="end">The position after the object.</param>
    public static bool CheckDependencies(ref Walker<TMode> walk, ObjectRules rules, scoped ReadOnlySpan<ulong> seen, int start, int end)
    {
        foreach (var dependency in rules.Dependencies)
        {
            if (!Has(seen, dependency.Trigger))
                continue;
            if (!CheckNeeds(ref walk, rules, dependency, seen))
                return false;
            if (dependency.Node is { } node && (!walk.TryAgain(end - start) || walk.CheckValue(node, start) < 0))
                return false;
        }

        return true;
    }

    private static bool RefuseMissing(ref Walker<TMode> walk, ObjectRules rules, int word, ulong missing)
    {
        if (!TMode.Collects)
            return false;

        for (int bit = 0; bit < BitsPerWord; bit++)
        {
            if ((missing >> bit & 1) == 0)
                continue;
            var property = rules.Properties[word * BitsPerWord + bit];
            if (!walk.Report!.Add(walk.Json, "required", ViolationText.Required(property.Name), property.RequiredBy!))
                return false;
        }

        return true;
    }

    private static bool CheckNeeds(ref Walker<TMode> walk, ObjectRules rules, Dependency dependency, scoped ReadOnlySpan<ulong> seen)
    {
        foreach (int need in dependency.Needs)
        {
            if (!Has(seen, need)
                && !(TMode.Collects && walk.Report!.Add(walk.Json, "dependencies", ViolationText.Dependency(rules.Properties[need].Name), dependency.Location)))
                return false;
        }

        return true;
    }

    private static bool Has(scoped ReadOnlySpan<ulong> seen, int place) => (seen[place / BitsPerWord] >> (place % BitsPerWord) & 1) != 0;
}
