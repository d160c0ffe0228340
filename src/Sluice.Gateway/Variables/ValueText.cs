using System.Globalization;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Variables;

/// <summary>Values of variables as text, and the few that are kept ready so that setting one allocates nothing.</summary>
internal static class ValueText
{
    internal static readonly object True = true;
    internal static readonly object False = false;

    private static readonly object[] SmallNumbers = [.. Enumerable.Range(0, 600).Select(number => (object)number)];

    internal static object Of(bool value) => value ? True : False;

    internal static object Box(int number) => (uint)number < (uint)SmallNumbers.Length ? SmallNumbers[number] : number;

    internal static string Of(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        Message message => message.Content,
        IReadOnlyList<string> list => $"[{string.Join(", ", list)}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
