using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Bodies;

/// <summary>A JSON object that a client sent, read as tolerantly as the original does (contract audience.md 2.2), with every fault named by its member.</summary>
/// <remarks>A member left out keeps its old value, an explicit <c>null</c> clears it, numbers and flags may come as texts and texts as numbers.</remarks>
internal sealed class Body
{
    internal const int MaxBytes = 4 << 20; // a rule of 5,000 traits has 64 KiB
    internal const int MaxBulkBytes = 256 << 20; // 100,000 traits and 20,000 segments have some 60 MiB
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private readonly JsonElement _object;
    private readonly List<string> _faults = [];
    private int _ruleFaults;

    internal Body(JsonElement element) => _object = element;

    /// <summary>Every fault found so far, one line each.</summary>
    internal IReadOnlyList<string> Faults => _faults;

    /// <summary>The problem to answer with, or null when all that was read is good. Where only a rule is wrong, its code says so.</summary>
    internal AudienceProblem? Problem => _faults.Count == 0 ? null
        : new AudienceProblem(400, _ruleFaults == _faults.Count ? "invalid_expression" : "validation_error", "The object cannot be saved: " + _faults[0])
        {
            ChildMessages = _faults,
        };

    /// <summary>Reads a request's body as JSON; the problem says what is wrong with it as a whole.</summary>
    internal static async Task<(JsonElement Root, AudienceProblem? Problem)> ReadAsync(HttpContext http, int maxBytes = MaxBytes)
    {
        if (!http.Request.HasJsonContentType())
            return (default, new AudienceProblem(415, "unsupported_media_type", "The body must be application/json"));
        if (http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
            bound.MaxRequestBodySize = maxBytes;
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, Options, http.RequestAborted);
            return Utf8.IsValid(JsonMarshal.GetRawUtf8Value(document.RootElement)) // which reading JSON does not look at within texts
                ? (document.RootElement.Clone(), null)
                : (default, new AudienceProblem(400, "invalid_json", "The body is not valid JSON: it is not valid UTF-8"));
        }
        catch (InvalidOperationException)
        {
            // What the search for equal names throws when it meets one that is no text.
            return (default, new AudienceProblem(400, "invalid_json", "The body is not valid JSON: the name of a member holds half of a surrogate pair"));
        }
        catch (JsonException error)
        {
            var place = error.LineNumber is { } line ? $"line {line + 1}, column {error.BytePositionInLine + 1}" : error.Message;
            return (default, new AudienceProblem(400, "invalid_json", $"The body is not valid JSON: {place}") { ChildMessages = [place] });
        }
    }

    /// <summary>Reads a request's body as one object.</summary>
    internal static async Task<(Body? Body, AudienceProblem? Problem)> ReadObjectAsync(HttpContext http)
    {
        var (root, problem) = await ReadAsync(http);
        return problem is not null ? (null, problem)
            : root.ValueKind == JsonValueKind.Object ? (new Body(root), null)
            : (null, new AudienceProblem(400, "invalid_json", "The body must be a JSON object"));
    }

    /// <summary>Reads a request's body as a bare array of ids (contract audience.md 2.2, rule 5).</summary>
    internal static async Task<(IReadOnlyList<long> Ids, AudienceProblem? Problem)> ReadIdsAsync(HttpContext http, int most)
    {
        var (root, problem) = await ReadAsync(http);
        if (problem is not null)
            return ([], problem);
        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() > most)
            return ([], AudienceProblem.Invalid($"The body must be a list of at most {most} ids"));
        var (ids, isGood) = NumbersOf(root.EnumerateArray());
        return isGood ? (ids, null) : ([], AudienceProblem.Invalid("The body must hold ids only"));
    }

    /// <summary>Whether the member is there, be it null.</summary>
    internal bool Has(string name) => _object.TryGetProperty(name, out _);

    /// <summary>Notes a fault inside a rule.</summary>
    internal void RefuseRule(string name, string reason)
    {
        Refuse(name, reason);
        _ruleFaults++;
    }

    /// <summary>Notes a fault of a member.</summary>
    internal void Refuse(string name, string reason) => _faults.Add($"{name} {reason}");

    /// <summary>A text; <paramref name="otherwise"/> when it is left out.</summary>
    internal string? Text(string name, string? otherwise, int maxCharacters = 255)
    {
        if (!_object.TryGetProperty(name, out var value))
            return otherwise;
        var text = value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => TextOf(name, value),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => Refused(name, "must be a text"),
        };
        if (text?.Length > maxCharacters)
            Refuse(name, $"has at most {maxCharacters} characters");
        if (text?.Contains('\0') == true)
            Refuse(name, "must not hold the character U+0000");
        return text;
    }

    /// <summary>A text that must be there and not be empty, now or from before.</summary>
    internal string RequiredText(string name, string? otherwise, int maxCharacters = 255)
    {
        var text = Text(name, otherwise, maxCharacters)?.Trim();
        if (string.IsNullOrEmpty(text))
            Refuse(name, "is required");
        return text ?? "";
    }

    /// <summary>A whole number; <paramref name="otherwise"/> when it is left out or null.</summary>
    internal long? Number(string name, long? otherwise, long least = 0, long most = long.MaxValue)
    {
        if (!_object.TryGetProperty(name, out var value))
            return otherwise;
        long? number = value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,
            JsonValueKind.Number when value.TryGetDecimal(out var exact) && exact == decimal.Truncate(exact) && exact is >= long.MinValue and <= long.MaxValue => (long)exact,
            JsonValueKind.String when long.TryParse(TextOf(name, value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) => parsed,
            JsonValueKind.String when TextOf(name, value) is "" => null,
            _ => RefusedNumber(name),
        };
        if (number < least || number > most)
            Refuse(name, most == long.MaxValue ? $"must be {least} or more" : $"must be from {least} to {most}");
        return number;
    }

    /// <summary>A number with a fraction; <paramref name="otherwise"/> when it is left out, null when it is null.</summary>
    internal double? Decimal(string name, double? otherwise)
    {
        if (!_object.TryGetProperty(name, out var value))
            return otherwise;
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: return null;
            case JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number): return number;
            case JsonValueKind.String when double.TryParse(TextOf(name, value), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) && double.IsFinite(parsed):
                return parsed;
            case JsonValueKind.String when TextOf(name, value) is "": return null;
            default:
                Refuse(name, "must be a number");
                return otherwise;
        }
    }

    /// <summary>A flag; <paramref name="otherwise"/> when it is left out or null.</summary>
    internal bool Flag(string name, bool otherwise)
    {
        if (!_object.TryGetProperty(name, out var value))
            return otherwise;
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: return false;
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.String when bool.TryParse(TextOf(name, value), out var flag): return flag;
            case JsonValueKind.Number when value.TryGetInt64(out var number) && number is 0 or 1: return value.GetInt64() == 1;
            default:
                Refuse(name, "must be true or false");
                return otherwise;
        }
    }

    /// <summary>A day as <c>yyyy-mm-dd</c>, read from that, from ms since 1970, or from a date with a time zone; null when it is cleared.</summary>
    internal string? Date(string name, string? otherwise)
    {
        if (!Has(name))
            return otherwise;
        var text = Text(name, otherwise);
        if (string.IsNullOrEmpty(text))
            return null;
        if (Dates.TryRead(text, out var day))
            return day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        Refuse(name, "must be a date as yyyy-mm-dd, or ms since 1970");
        return otherwise;
    }

    /// <summary>One of several words; the case does not matter, and the word is given as it is written here.</summary>
    internal string? Word(string name, string? otherwise, params IReadOnlyList<string> words)
    {
        var text = Text(name, otherwise);
        if (string.IsNullOrEmpty(text))
            return otherwise;
        if (words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } found)
            return found;
        Refuse(name, $"must be one of {string.Join(", ", words)}");
        return otherwise;
    }

    /// <summary>A list of texts; <paramref name="otherwise"/> when it is left out.</summary>
    internal IReadOnlyList<string> Texts(string name, IReadOnlyList<string> otherwise, int maxItems = 1_000)
    {
        if (Items(name, maxItems) is not { } items)
            return otherwise;
        var texts = new List<string>();
        foreach (var item in items)
        {
            if (item.ValueKind == JsonValueKind.String && TextOf(name, item) is { Length: <= 255 } text)
                texts.Add(text);
            else
                Refuse(name, "must hold texts of at most 255 characters only");
        }
        return texts;
    }

    /// <summary>A list of numbers; <paramref name="otherwise"/> when it is left out.</summary>
    internal IReadOnlyList<long> Numbers(string name, IReadOnlyList<long> otherwise, int maxItems = 10_000)
    {
        if (Items(name, maxItems) is not { } items)
            return otherwise;
        var (numbers, isGood) = NumbersOf(items);
        if (!isGood)
            Refuse(name, "must hold numbers only");
        return numbers;
    }

    /// <summary>The texts of an object's members; empty when it is left out.</summary>
    internal IReadOnlyList<(string Name, string Value)> Members(string name)
    {
        if (!_object.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return [];
        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse(name, "must be an object");
            return [];
        }
        var members = new List<(string, string)>();
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String && TextOf(name, member.Value) is { } text)
                members.Add((member.Name, text));
            else
                Refuse(name, "must hold texts only");
        }
        return members;
    }

    /// <summary>The numbers of an array, also where they come as texts.</summary>
    internal static (IReadOnlyList<long> Numbers, bool IsGood) NumbersOf(IEnumerable<JsonElement> items)
    {
        var numbers = new List<long>();
        var isGood = true;
        foreach (var item in items)
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number)
                || item.ValueKind == JsonValueKind.String && item.GetRawText().Length <= 22 && long.TryParse(item.GetRawText().AsSpan().Trim('"'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
                numbers.Add(number);
            else
                isGood = false;
        }
        return (numbers, isGood);
    }

    private JsonElement[]? Items(string name, int maxItems)
    {
        if (!_object.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Null)
            return [];
        if (value.ValueKind != JsonValueKind.Array)
        {
            Refuse(name, "must be a list");
            return [];
        }
        if (value.GetArrayLength() > maxItems)
        {
            Refuse(name, $"has at most {maxItems} items");
            return [];
        }
        return [.. value.EnumerateArray()];
    }

    private string? TextOf(string name, JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return Refused(name, "holds half of a surrogate pair");
        }
    }

    private string? Refused(string name, string reason)
    {
        Refuse(name, reason);
        return null;
    }

    private long? RefusedNumber(string name)
    {
        Refuse(name, "must be a whole number");
        return null;
    }
}
