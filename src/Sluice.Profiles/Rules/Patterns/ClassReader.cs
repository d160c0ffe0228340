namespace Sluice.Profiles.Rules.Patterns;

/// <summary>Reads a character class of Java: unions by nesting, intersections by &amp;&amp;, quoting, comments.</summary>
internal sealed class ClassReader(PatternReader reader, bool skipsComments, Func<CodePointSet, CodePointSet> fold)
{
    /// <summary>The set of a class, after its opening bracket.</summary>
    /// <remarks>Parts between &amp;&amp; are unions, their intersection is the class, and ^ complements all of it, as since Java 9.</remarks>
    public CodePointSet Read()
    {
        bool isComplement = !reader.IsQuoting && reader.TrySkip("^");
        CodePointSet? whole = null;
        var part = new List<CodePointSet>();
        bool isFirst = true;
        while (!IsAtEndOfClass(isFirst))
        {
            isFirst = false;
            if (!reader.IsQuoting && reader.TrySkip("&&"))
            {
                if (reader.Peek == '&' && reader.PeekAt(1) != '&')
                    throw reader.Fault("has &&& in a class, which Java versions read differently; write \\& for the character");
                whole = With(whole, part);
                part.Clear();
            }
            else
            {
                ReadItem(part);
            }
        }

        var found = With(whole, part) ?? throw reader.Fault("has a class without any character");
        return isComplement ? fold(found).Complement() : fold(found);
    }

    private bool IsAtEndOfClass(bool isFirst)
    {
        Prepare();
        if (reader.IsAtEnd)
            throw reader.Fault("has a class without its closing bracket");
        // A closing bracket in the first place means itself.
        if (isFirst || reader.IsQuoting || reader.Peek != ']')
            return false;
        reader.Skip();
        return true;
    }

    private void ReadItem(List<CodePointSet> part)
    {
        if (!reader.IsQuoting && reader.TrySkip("["))
        {
            part.Add(Read());
            return;
        }

        if (TryReadSet(out var set))
        {
            part.Add(set);
            return;
        }

        int first = ReadCharacter();
        Prepare();
        if (reader.IsQuoting || reader.Peek != '-' || reader.PeekAt(1) is ']' or '[')
        {
            part.Add(CodePointSet.Of((first, first)));
            return;
        }

        reader.Skip();
        Prepare();
        if (reader.IsAtEnd)
            throw reader.Fault("has a class without its closing bracket");
        if (reader.Peek == '\\' && IsSetEscape(reader.PeekAt(1)) && !reader.IsQuoting)
            throw reader.Fault("has a range that ends in a set");
        int last = ReadCharacter();
        if (last < first)
            throw reader.Fault("has a range in reverse order");
        part.Add(CodePointSet.Of((first, last)));
    }

    private bool TryReadSet(out CodePointSet set)
    {
        set = NamedSets.All;
        if (reader.IsQuoting || reader.Peek != '\\' || !IsSetEscape(reader.PeekAt(1)))
            return false;
        reader.Skip();
        set = SetEscape.Read(reader)!;
        return true;
    }

    private int ReadCharacter()
    {
        if (reader.IsQuoting || reader.Peek != '\\')
            return reader.ReadLiteral();
        reader.Skip();
        return reader.ReadEscapedCharacter();
    }

    private void Prepare()
    {
        reader.FollowQuotes();
        if (skipsComments)
        {
            reader.SkipComments();
            reader.FollowQuotes();
        }
    }

    private static bool IsSetEscape(char letter) => letter is 'p' or 'P' || NamedSets.OfLetter(letter) is not null;

    // Nothing between two && is no part.
    private static CodePointSet? With(CodePointSet? whole, List<CodePointSet> part)
    {
        if (part.Count == 0)
            return whole;
        var union = CodePointSet.Union(part);
        return whole is null ? union : whole.Intersect(union);
    }
}
