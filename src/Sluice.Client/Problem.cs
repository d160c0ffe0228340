using System.Text.Json;

namespace Sluice.Client;

/// <summary>A refusal as it was read from an answer: the several shapes of the server's doors brought to one.</summary>
internal sealed record Problem(int Status, string? Type, string? Code, string Message, IReadOnlyList<string> Errors)
{
    private const int MaxTextCharacters = 2_000;
    private const int MaxErrors = 200;

    /// <summary>Reads a refusal; a body that is none of the known shapes is shown as text, shortened.</summary>
    internal static Problem Read(int status, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return Read(status, document.RootElement);
        }
        catch (JsonException)
        {
            // A page of some proxy on the way: shown below as it is.
        }
        var text = System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, MaxTextCharacters)));
        return new Problem(status, null, null, text.Length == 0 ? $"The server answered {status}" : $"The server answered {status}: {text}", []);
    }

    private static Problem Read(int status, JsonElement root)
    {
        var type = Text(root, "type");
        var report = root.TryGetProperty("report", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        var message = Text(report, "message") ?? Text(report, "detailed-message") ?? Text(root, "detail") ?? Text(root, "error_description")
            ?? Text(root, "message") ?? Text(root, "title") ?? Text(root, "error") ?? $"The server answered {status}";
        var last = type?[(type.LastIndexOf('/') + 1)..];
        var code = Text(root, "code") ?? Text(root, "error") ?? (last is not null && last.Any(char.IsAsciiDigit) ? last : null);
        return new Problem(status, type, code, message, Reasons(report));
    }

    private static List<string> Reasons(JsonElement report) =>
        report.ValueKind == JsonValueKind.Object && report.TryGetProperty("sub-errors", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Take(MaxErrors).Select(one => one.ToString())]
            : [];

    private static string? Text(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
