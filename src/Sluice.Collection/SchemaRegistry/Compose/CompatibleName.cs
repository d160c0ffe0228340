namespace Sluice.Collection.SchemaRegistry;

/// <summary>How a field is named in ingested records (contract collection.md 3.6): one name, or several levels of objects.</summary>
/// <remarks>
/// <c>xdm:foo</c> is <c>foo</c>; <c>@id</c> is <c>_id</c>; every other prefix or address becomes levels, the first beginning with <c>_</c>;
/// dashes of a name that is changed become capitals. A name without a prefix stays.
/// </remarks>
internal static class CompatibleName
{
    private const string Standard = "xdm:";

    private static readonly char[] Separators = [':', '/', '.', '#'];

    /// <summary>The levels that a field's name stands for.</summary>
    internal static string[] Levels(string name)
    {
        if (name.StartsWith(Standard, StringComparison.Ordinal) && name.Length > Standard.Length)
            return [Camel(name[Standard.Length..])];
        if (name.StartsWith('@') && name.Length > 1)
            return ["_" + Camel(name[1..])];
        if (!name.Contains(':', StringComparison.Ordinal))
            return [name];

        var scheme = name.IndexOf("://", StringComparison.Ordinal);
        var path = scheme < 0 ? name : name[(scheme + 3)..];
        if (path.StartsWith("ns.adobe.com/", StringComparison.Ordinal))
            path = path["ns.adobe.com/".Length..];
        var levels = path.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        if (levels.Length == 0)
            return [name];
        for (var index = 0; index < levels.Length; index++)
            levels[index] = Camel(levels[index]);
        levels[0] = "_" + levels[0];
        return levels;
    }

    private static string Camel(string name)
    {
        var words = name.Split('-', StringSplitOptions.RemoveEmptyEntries);
        return words.Length < 2 ? name : words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
