namespace Sluice.Collection.FailedMessages;

/// <summary>Line numbers of a failed batch in ascending order, as SQL keeps them: the distance to the one before, seven bits a byte, least first.</summary>
internal static class LineList
{
    internal static byte[] Write(IReadOnlyCollection<int> lines)
    {
        using var buffer = new MemoryStream(lines.Count + 8);
        using var writer = new BinaryWriter(buffer);
        var before = -1;
        foreach (var line in lines)
        {
            writer.Write7BitEncodedInt(line - before);
            before = line;
        }
        return buffer.ToArray();
    }

    internal static List<int> Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var lines = new List<int>(bytes.Length);
        var line = -1;
        while (reader.BaseStream.Position < bytes.Length)
            lines.Add(line += reader.Read7BitEncodedInt());
        return lines;
    }
}
