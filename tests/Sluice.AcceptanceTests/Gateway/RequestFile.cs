using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.AcceptanceTests.Gateway;

/// <summary>Reads a <c>requests.http</c> as samples/bundles/README.md describes it; a line that it cannot read is a fault, so that no promise is passed over.</summary>
internal sealed partial class RequestFile
{
    private const int MostAtOnce = 50;
    private const int MostSeconds = 30;

    private readonly string _name;
    private readonly string[] _lines;
    private readonly Dictionary<string, string> _variables;
    private readonly HashSet<string> _titles = new(StringComparer.Ordinal);
    private int _at;

    private RequestFile(string name, string text, IReadOnlyDictionary<string, string> variables)
    {
        _name = name;
        _lines = text.ReplaceLineEndings("\n").Split('\n');
        _variables = new(variables, StringComparer.Ordinal);
    }

    /// <summary>The requests of a file; <paramref name="variables"/> are what <c>{{name}}</c> may stand for beside the file's own.</summary>
    internal static IReadOnlyList<SampleRequest> Read(string name, string text, IReadOnlyDictionary<string, string> variables) =>
        new RequestFile(name, text, variables).ReadAll();

    private List<SampleRequest> ReadAll()
    {
        ReadHead();
        var requests = new List<SampleRequest>();
        while (_at < _lines.Length)
            requests.Add(ReadRequest());
        return requests.Count > 0 ? requests : throw Fault("there is no request");
    }

    // Variables and comments in front of the first title.
    private void ReadHead()
    {
        for (; _at < _lines.Length && !IsTitle; _at++)
        {
            if (Variable().Match(_lines[_at]) is { Success: true } variable)
                _variables.TryAdd(variable.Groups[1].Value, variable.Groups[2].Value); // the caller's own host goes before the file's
            else if (_lines[_at].Length > 0 && !IsRemark)
                throw Fault("is neither a variable nor a comment");
        }
    }

    private SampleRequest ReadRequest()
    {
        var title = _lines[_at][3..].Trim();
        if (title.Length == 0 || !_titles.Add(title))
            throw Fault("every request has a title of its own");
        var (expectations, atOnce, patience) = (new List<Expectation>(), 1, TimeSpan.Zero);
        for (_at++; _at < _lines.Length && _lines[_at].StartsWith('#') && !IsTitle; _at++)
        {
            var line = _lines[_at];
            if (line.StartsWith("# => ", StringComparison.Ordinal))
                expectations.Add(Expectation.Read(Filled(line[5..]), _at + 1, _titles) ?? throw Fault("is no expectation that is known"));
            else if (Several().Match(line) is { Success: true } several && Number(several) is > 1 and <= MostAtOnce and var number)
                atOnce = number;
            else if (Again().Match(line) is { Success: true } again && Number(again) is > 0 and <= MostSeconds and var seconds)
                patience = TimeSpan.FromSeconds(seconds);
            else if (!IsRemark)
                throw Fault("is neither a comment nor an expectation");
        }
        if (!expectations.Exists(one => one is Expectation.Status))
            throw Fault($"the request '{title}' does not say which status it expects");

        if (_at == _lines.Length || Start().Match(_lines[_at]) is not { Success: true } start)
            throw Fault("is no method and address below {{host}}");
        var (line1, method, path) = (_at++ + 1, start.Groups[1].Value, Filled(start.Groups[2].Value));
        var headers = new List<(string, string)>();
        for (; _at < _lines.Length && _lines[_at].Length > 0 && !IsTitle; _at++)
        {
            if (Header().Match(_lines[_at]) is not { Success: true } header)
                throw Fault("is no header");
            headers.Add((header.Groups[1].Value, Filled(header.Groups[2].Value)));
        }
        return new SampleRequest(title, line1, method, path, headers, ReadBody(), expectations, atOnce, patience);
    }

    private string? ReadBody()
    {
        var body = new List<string>();
        for (; _at < _lines.Length && !IsTitle; _at++)
        {
            // Clients send such a line, or do not: nobody should have to know.
            if (_lines[_at].StartsWith("# ", StringComparison.Ordinal))
                throw Fault("comments stand in front of the method");
            body.Add(Filled(_lines[_at]));
        }
        var text = string.Join('\n', body).Trim('\n');
        return text.Length > 0 ? text : null;
    }

    private string Filled(string text) => Placeholder().Replace(text, match =>
        _variables.TryGetValue(match.Groups[1].Value, out var value) ? value : throw Fault($"names the variable {match.Value}, which there is not"));

    private bool IsTitle => _lines[_at].StartsWith("###", StringComparison.Ordinal);

    // A promise that is written a little wrong must not be read as a remark.
    private bool IsRemark => _lines[_at].StartsWith("# ", StringComparison.Ordinal) && !_lines[_at].Contains("=>", StringComparison.Ordinal) && !_lines[_at].Contains("->", StringComparison.Ordinal);

    private static int Number(Match match) => int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private FormatException Fault(string why) => new($"{_name}:{Math.Min(_at + 1, _lines.Length)}: {(_at < _lines.Length ? $"'{_lines[_at]}' " : "")}{why}");

    [GeneratedRegex(@"^@(\w+) = (\S+)$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^# -> (\d{1,2}) at once$")]
    private static partial Regex Several();

    [GeneratedRegex(@"^# -> again until it is so, at most (\d{1,2}) s$")]
    private static partial Regex Again();

    [GeneratedRegex(@"^([A-Z]+) \{\{host\}\}(/\S*)$")]
    private static partial Regex Start();

    [GeneratedRegex(@"^([A-Za-z0-9-]+): (.+)$")]
    private static partial Regex Header();

    [GeneratedRegex(@"\{\{([^{}]*)\}\}")]
    private static partial Regex Placeholder();
}
