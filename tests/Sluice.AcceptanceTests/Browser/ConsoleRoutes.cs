using System.Text.RegularExpressions;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>The pages of the console as its own areas name them, so that what looks at all pages cannot forget a new one.</summary>
internal static partial class ConsoleRoutes
{
    /// <summary>Every path below <c>/console/</c>, with <c>:names</c> where something of the server stands.</summary>
    internal static IReadOnlyList<string> All { get; } =
    [
        "", .. Directory.EnumerateFiles(Checkout.PathOf("src/Sluice.Console/web/src/pages"), "area.ts", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(file => Path().Matches(File.ReadAllText(file))).Select(found => found.Groups[1].Value),
    ];

    /// <summary>The address of a page, with what stands for each name; null when something has no value.</summary>
    internal static string? Fill(string route, IReadOnlyDictionary<string, string> values)
    {
        // The same name stands for different things in different places: the longest beginning that has one counts.
        var parts = route.Split('/');
        for (var at = 0; at < parts.Length; at++)
        {
            if (!parts[at].StartsWith(':'))
                continue;
            if (!values.TryGetValue(string.Join('/', route.Split('/')[..(at + 1)]), out var value))
                return null;
            parts[at] = Uri.EscapeDataString(value);
        }
        return string.Join('/', parts);
    }

    [GeneratedRegex(@"\{ path: '([^']+)'", RegexOptions.NonBacktracking)]
    private static partial Regex Path();
}
