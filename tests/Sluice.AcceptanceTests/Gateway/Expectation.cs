using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.AcceptanceTests.Gateway;

/// <summary>One thing that a sample promises of an answer: a comment line that begins with <c># =></c>.</summary>
internal abstract partial record Expectation(string Text, int Line)
{
    /// <summary>What an answer is instead; null when it is as promised.</summary>
    internal abstract string? Unlike(SampleAnswer answer);

    /// <summary>Reads what stands behind <c># =></c>; null when it is nothing known. A body may be that of an earlier request, known by its title.</summary>
    internal static Expectation? Read(string text, int line, IReadOnlySet<string> titles)
    {
        if (StatusForm().Match(text) is { Success: true } status)
            return new Status(text, line, Number(status));
        if (CallsForm().Match(text) is { Success: true } calls)
            return new Calls(text, line, Number(calls));
        if (NoHeaderForm().Match(text) is { Success: true } absent)
            return new Header(text, line, absent.Groups[1].Value, null);
        if (text == "empty body")
            return new Body(text, line, BodyTest.Is, "");
        if (Behind(text, "body is ") is { } whole)
            return new Body(text, line, BodyTest.Is, whole);
        if (Behind(text, "body contains ") is { } part)
            return new Body(text, line, BodyTest.Contains, part);
        if (Behind(text, "body lacks ") is { } other)
            return new Body(text, line, BodyTest.Lacks, other);
        if (Behind(text, "body as of ") is { } title)
            return titles.Contains(title) ? new SameBody(text, line, title) : null;
        if (Behind(text, "log contains ") is { } said)
            return new Logged(text, line, said);
        if (Behind(text, "body ") is { } json && json[0] is '{' or '[')
            return Json.TryParse(text, line, json);
        return HeaderForm().Match(text) is { Success: true } header ? new Header(text, line, header.Groups[1].Value, header.Groups[2].Value) : null;
    }

    private static string? Behind(string text, string start) => text.StartsWith(start, StringComparison.Ordinal) && text.Length > start.Length ? text[start.Length..] : null;

    private static int Number(Match match) => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([1-5]\d\d)$")]
    private static partial Regex StatusForm();

    [GeneratedRegex(@"^target called (\d{1,2}) times?$")]
    private static partial Regex CallsForm();

    [GeneratedRegex(@"^no ([A-Za-z0-9-]+)$")]
    private static partial Regex NoHeaderForm();

    [GeneratedRegex(@"^([A-Za-z0-9-]+): (.*)$")]
    private static partial Regex HeaderForm();

    internal sealed record Status(string Text, int Line, int Code) : Expectation(Text, Line)
    {
        internal override string? Unlike(SampleAnswer answer) => answer.Status == Code ? null : answer.Status.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>How often the sample's service was asked for it, by all that were sent at once.</summary>
    internal sealed record Calls(string Text, int Line, int Times) : Expectation(Text, Line)
    {
        internal override string? Unlike(SampleAnswer answer) => answer.Calls == Times ? null : $"{answer.Calls} calls";
    }

    /// <summary>A header's value, all of its lines joined; null for none of that name.</summary>
    internal sealed record Header(string Text, int Line, string Name, string? Value) : Expectation(Text, Line)
    {
        internal override string? Unlike(SampleAnswer answer) =>
            answer.Headers.TryGetValue(Name, out var value) ? value == Value ? null : $"{Name}: {value}" : Value is null ? null : $"no {Name}";
    }

    internal enum BodyTest
    {
        Is,
        Contains,
        Lacks,
    }

    internal sealed record Body(string Text, int Line, BodyTest Test, string Part) : Expectation(Text, Line)
    {
        internal override string? Unlike(SampleAnswer answer) => Test switch
        {
            BodyTest.Is => answer.Body == Part,
            BodyTest.Contains => answer.Body.Contains(Part, StringComparison.Ordinal),
            _ => !answer.Body.Contains(Part, StringComparison.Ordinal),
        } ? null : answer.Body;
    }

    internal sealed record SameBody(string Text, int Line, string Title) : Expectation(Text, Line)
    {
        internal override string? Unlike(SampleAnswer answer) => answer.Body == answer.Earlier[Title] ? null : answer.Body;
    }

    internal sealed record Logged(string Text, int Line, string Part) : Expectation(Text, Line)
    {
        internal override string? Unlike(SampleAnswer answer) => answer.HasLogged(Part) ? null : "no such line";
    }

    /// <summary>The whole body, as JSON: blanks and the order of members do not count.</summary>
    internal sealed record Json(string Text, int Line, JsonNode? Node) : Expectation(Text, Line)
    {
        internal static Json? TryParse(string text, int line, string json)
        {
            try
            {
                return new Json(text, line, JsonNode.Parse(json));
            }
            catch (JsonException)
            {
                return null;
            }
        }

        internal override string? Unlike(SampleAnswer answer)
        {
            try
            {
                return JsonNode.DeepEquals(JsonNode.Parse(answer.Body), Node) ? null : answer.Body;
            }
            catch (JsonException)
            {
                return answer.Body;
            }
        }
    }
}
