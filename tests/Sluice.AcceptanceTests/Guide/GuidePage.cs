using System.Text;
using System.Text.RegularExpressions;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Guide;

/// <summary>A page of the guide: the commands in it, and the page it goes on from.</summary>
internal sealed partial class GuidePage
{
    /// <summary>What every page begins with.</summary>
    internal const string Start = "README.md";

    private const char Mark = '\u0001';

    private readonly string? _earlier;

    private GuidePage(string? earlier, IReadOnlyList<GuideCommand> commands) => (_earlier, Commands) = (earlier, commands);

    internal IReadOnlyList<GuideCommand> Commands { get; }

    internal static GuidePage Read(string page)
    {
        var text = File.ReadAllText(Checkout.PathOf("docs/guide/" + page));
        var earlier = Earlier().Match(text);
        var commands = Command().Matches(text).Select(one => new GuideCommand(one.Groups["script"].Value, one.Groups["shown"] is { Success: true } shown ? shown.Value : null));
        return new GuidePage(earlier.Success ? earlier.Groups[1].Value : page == Start ? null : Start, [.. commands]);
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
}

/// <summary>A command of a page, and what the page shows of its answer.</summary>
/// <param name="Script">Lines for a shell.</param>
/// <param name="Shown">What it says, with <c>…</c> for what differs from run to run; null where the page shows nothing.</param>
internal sealed record GuideCommand(string Script, string? Shown)
{
    internal bool Fits(string said) =>
        Shown is null || Regex.IsMatch(said.Trim(), $"^{string.Join(".*", Shown.Trim().Split('…').Select(Regex.Escape))}$", RegexOptions.Singleline | RegexOptions.NonBacktracking);
}
