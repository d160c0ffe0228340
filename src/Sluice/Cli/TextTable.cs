namespace Sluice.Cli;

/// <summary>Columns for people: as wide as their widest cell, the last one as long as it is.</summary>
internal static class TextTable
{
    private const int MaxCell = 120;

    internal static async Task WriteAsync(TextWriter output, string[] titles, IEnumerable<string[]> rows)
    {
        List<string[]> all = [titles, .. rows.Select(row => row.Select(Clean).ToArray())];
        if (all.Count == 1)
        {
            await output.WriteLineAsync("None.");
            return;
        }
        var widths = titles.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
            await output.WriteLineAsync(string.Join("  ", row.Select((cell, column) => column == titles.Length - 1 ? cell : cell.PadRight(widths[column]))).TrimEnd());
    }

    // What a server sends must not move the cursor.
    private static string Clean(string cell)
    {
        var text = new string([.. cell.Select(one => char.IsControl(one) ? ' ' : one)]);
        return text.Length <= MaxCell ? text : text[..(MaxCell - 1)] + "…";
    }
}
