using System.Globalization;

namespace Sluice.Demo;

/// <summary>How the demo looks on a terminal.</summary>
internal sealed class StepPrinter(TextWriter output)
{
    private const int MaxAnswerCharacters = 1_600;

    private int _step;

    internal void Title(string text) => output.WriteLine($"\n{text}\n");

    internal void Step(string what, string request)
    {
        _step++;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_step,2}. {what}"));
        output.WriteLine($"      {request}");
    }

    internal void Answer(DemoAnswer answer)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      {(int)answer.Status}"));
        var text = answer.Body.ToJsonString(DemoApi.Readable);
        foreach (var line in (text.Length <= MaxAnswerCharacters ? text : text[..MaxAnswerCharacters] + "…").Split('\n'))
            output.WriteLine("      " + line);
    }

    internal void Line(string text) => output.WriteLine("      " + text);

    internal void Done(string what) => output.WriteLine($"   ok {what}\n");

    /// <summary>Says what was promised and kept.</summary>
    /// <exception cref="DemoFailure">It was not.</exception>
    internal void Promise(bool kept, string promise)
    {
        if (!kept)
            throw new DemoFailure($"promised: {promise}");
        Done(promise);
    }

    internal void Failed(string why) => output.WriteLine($"   FAILED {why}\n");
}
