using System.Text.RegularExpressions;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Guide;

/// <summary>The examples in the table of <c>docs/cli.md</c>, in its order.</summary>
internal static partial class CommandPage
{
    internal static IReadOnlyList<string> Examples { get; } =
        [.. File.ReadLines(Checkout.PathOf("docs/cli.md")).Select(line => Row().Match(line)).Where(row => row.Success).SelectMany(row => Code().Matches(row.Groups[1].Value)).Select(code => code.Groups[1].Value)];

    // A row's first cell.
    [GeneratedRegex(@"^\| (`sluice (?:`[^|]*`|[^|])*) \|")]
    private static partial Regex Row();

    [GeneratedRegex("`(sluice [^`]*)`")]
    private static partial Regex Code();
}
