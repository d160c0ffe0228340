namespace Sluice.Profiles.Rules.Patterns;

/// <summary>Reads the escapes that stand for sets, inside classes and outside.</summary>
internal static class SetEscape
{
    /// <summary>The set, after the backslash; null, with nothing read, when the escape stands for no set.</summary>
    public static CodePointSet? Read(PatternReader reader)
    {
        char letter = reader.Peek;
        if (letter is 'p' or 'P')
        {
            reader.Skip();
            var named = ReadNamed(reader);
            return letter == 'P' ? named.Complement() : named;
        }

        var set = NamedSets.OfLetter(letter);
        if (set is not null)
            reader.Skip();
        return set;
    }

    // {Name}, or a category of one letter.
    private static CodePointSet ReadNamed(PatternReader reader)
    {
        if (reader.IsAtEnd)
            throw reader.Fault("has \\p without a name");
        string name;
        if (reader.TrySkip("{"))
        {
            name = reader.ReadUntil('}', "\\p{");
        }
        else
        {
            name = reader.Peek.ToString();
            reader.Skip();
        }

        return NamedSets.OfName(name) ?? throw reader.Fault(
            $"has \\p{{{name}}}, which is not supported: POSIX classes and general categories are, scripts, blocks and java… classes are not");
    }
}
