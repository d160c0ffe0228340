using System.Text.Json;
using Sluice.Profiles.Engine;
using Sluice.Profiles.State;

namespace Sluice.Audience.Lookup;

/// <summary>How profiles are told of wherever they are: an id with its namespace, and what is held of a trait.</summary>
internal static class ProfileJson
{
    /// <summary>Writes an id as an object.</summary>
    internal static void Write(Utf8JsonWriter json, ProfileKey key)
    {
        json.WriteStartObject();
        json.WriteString("namespace", key.Namespace);
        json.WriteString("id", key.Id);
        json.WriteEndObject();
    }

    /// <summary>Writes an id as a member.</summary>
    internal static void Write(Utf8JsonWriter json, string name, ProfileKey key)
    {
        json.WritePropertyName(name);
        Write(json, key);
    }

    /// <summary>Writes ids as an array.</summary>
    internal static void Write(Utf8JsonWriter json, string name, IEnumerable<ProfileKey> keys)
    {
        json.WriteStartArray(name);
        foreach (var key in keys)
            Write(json, key);
        json.WriteEndArray();
    }

    /// <summary>Writes what is held of a trait into an object that is open: how often, when, and until when.</summary>
    internal static void WriteHeld(Utf8JsonWriter json, HeldTrait held)
    {
        json.WriteNumber("count", held.Count);
        json.WriteNumber("firstRealization", held.FirstMs);
        json.WriteNumber("lastRealization", held.LastMs);
        WriteTime(json, "expires", held.EndMs);
    }

    /// <summary>Writes a time, or null where there is none.</summary>
    internal static void WriteTime(Utf8JsonWriter json, string name, long? ms)
    {
        if (ms is { } time)
            json.WriteNumber(name, time);
        else
            json.WriteNull(name);
    }
}
