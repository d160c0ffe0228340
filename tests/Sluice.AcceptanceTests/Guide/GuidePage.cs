using System.Text;
using System.Text.RegularExpressions;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Guide;

/// <summary>A page of <c>docs</c> whose commands are run: the commands in it, and the page it goes on from.</summary>
internal sealed partial class GuidePage
{
    /// <summary>What every page begins with.</summary>
    internal const string Start = "guide/README.md";

    private const char Mark = '\u0001';

    private readonly string? _earlier;

    private GuidePage(string? earlier, IReadOnlyList<GuideCommand> commands, IReadOnlyList<string> others) => (_earlier, Commands, Others) = (earlier, commands, others);

    internal IReadOnlyList<GuideCommand> Commands { get; }

    /// <summary>The first lines of the blocks that are neither run nor an answer.</summary>
    internal IReadOnlyList<string> Others { get; }

    internal static GuidePage Read(string page)
    {
        var text = File.ReadAllText(Checkout.PathOf("docs/" + page));
        var earlier = Earlier().Match(text) is { Success: true } link ? Path.GetRelativePath("/docs", Path.Combine("/docs", Path.GetDirectoryName(page)!, link.Groups[1].Value)) : null;
        var commands = Command().Matches(text).Select(one => new GuideCommand(one.Groups["script"].Value, one.Groups["shown"] is { Success: true } shown ? shown.Value : null));
        var others = Block().Matches(text).Where(block => block.Groups["language"].Value is not ("sh" or "text")).Select(block => block.Groups["first"].Value);
        return new GuidePage(page == Start ? null : earlier ?? Start, [.. commands], [.. others]);
    }

    /// <summary>This page, after all that it goes on from.</summary>
    internal IReadOnlyList<GuidePage> WithEarlier() => _earlier is null ? [this] : [.. Read(_earlier).WithEarlier(), this];

    /// <summary>One script of all commands; what each says ends with a mark.</summary>
    internal static string ScriptOf(IReadOnlyList<GuidePage> pages)
    {
        var script = new StringBuilder("set -euo pipefail\n");
        foreach (var command in pages.SelectMany(page => page.Commands))
            script.Append(command.Script).Append("printf '\\001'\n");
        return script.ToString();
    }

    /// <summary>What each command said.</summary>
    internal static IReadOnlyList<string> Split(string output) => output.Split(Mark)[..^1];

    [GeneratedRegex(@"Go on from \[[^\]]*\]\(([^)]+)\)")]
    private static partial Regex Earlier();

    [GeneratedRegex(@"^```sh\n(?<script>.*?)^```\n(?:```text\n(?<shown>.*?)^```)?", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^```(?<language>.*)\n(?<first>.*)\n(?:.*\n)*?```$", RegexOptions.Multiline)]
    private static partial Regex Block();
}

/// <summary>A command of a page, and what the page shows of its answer.</summary>
/// <param name="Script">Lines for a shell.</param>
/// <param name="Shown">What it says, with <c>…</c> for what differs from run to run; null where the page shows nothing.</param>
internal sealed record GuideCommand(string Script, string? Shown)
{
    internal bool Fits(string said) =>
        Shown is null || Regex.IsMatch(said.Trim(), $"^{string.Join(".*", Shown.Trim().Split('…').Select(Regex.Escape))}$", RegexOptions.Singleline | RegexOptions.NonBacktracking);
}
