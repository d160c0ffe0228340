using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection.Namespaces;

/// <summary>A namespace as clients write and read it.</summary>
internal static class NamespaceBody
{
    private const int MaxNameCharacters = 255;
    private const int MaxDescriptionCharacters = 1_024;

    private static readonly string[] IdTypes = ["COOKIE", "CROSS_DEVICE", "DEVICE", "EMAIL", "MOBILE", "NON_PEOPLE", "PHONE"];

    // No spaces and no control characters: a code is a key of identityMap and a filter of metrics.
    private static readonly SearchValues<char> CodeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <summary>Copies what the client sent into a new namespace; the fault names the member that is wrong.</summary>
    internal static string? Fill(JsonObject sent, IdentityNamespace added)
    {
        if (Text(sent, "code", 1, byte.MaxValue, text => added.Code = text) is { } codeFault)
            return codeFault;
        if (added.Code.AsSpan().ContainsAnyExcept(CodeCharacters))
            return "'code' may hold the letters A to Z, digits, '_', '.' and '-'";
        if (Text(sent, "idType", 1, 64, text => added.IdType = text) is { } typeFault)
            return typeFault;
        added.IdType = added.IdType.ToUpperInvariant();
        if (!IdTypes.Contains(added.IdType) && !added.IdType.StartsWith("B2B_", StringComparison.Ordinal))
            return $"'idType' must be one of {string.Join(", ", IdTypes)}, or begin with B2B_";
        return Change(sent, added);
    }

    /// <summary>Copies what may change later; <c>code</c> and <c>idType</c>, where they are sent, must be as they are.</summary>
    internal static string? Change(JsonObject sent, IdentityNamespace changed)
    {
        foreach (var (name, known) in new[] { ("code", changed.Code), ("idType", changed.IdType) })
        {
            if (sent[name] is { } given && (given.GetValueKind() != JsonValueKind.String
                || !given.GetValue<string>().Equals(known, StringComparison.OrdinalIgnoreCase)))
                return $"'{name}' of a namespace cannot change; it is [{known}]";
        }
        return Text(sent, "name", 1, MaxNameCharacters, text => changed.Name = text)
            ?? (sent["description"] is null ? null : Text(sent, "description", 0, MaxDescriptionCharacters, text => changed.Description = text));
    }

    internal static JsonObject Write(IdentityNamespace one) => new()
    {
        ["id"] = one.Id,
        ["code"] = one.Code,
        ["name"] = one.Name,
        ["idType"] = one.IdType,
        ["status"] = "ACTIVE",
        ["custom"] = one.IsCustom,
        ["createTime"] = one.CreatedMs,
        ["updateTime"] = one.ModifiedMs,
        ["description"] = one.Description,
    };

    private static string? Text(JsonObject sent, string name, int least, int most, Action<string> set)
    {
        if (sent[name]?.GetValueKind() != JsonValueKind.String || sent[name]!.GetValue<string>() is not { } text || text.Length < least || text.Length > most)
            return $"'{name}' must be a string of {least} to {most} characters";
        set(text);
        return null;
    }
}
