using System.Text;
using System.Text.Json;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Engine;

/// <summary>Takes an XDM entity apart into keys and values: names joined by dots, the elements of an array as so many values of one key.</summary>
/// <remarks>Identities are who it is about, not what it says, and give no signals. Bounded in number and length; what is beyond is left out.</remarks>
internal static class XdmSignals
{
    /// <summary>Values taken of one entity.</summary>
    internal const int MaxSignals = 2_000;

    /// <summary>Characters of a value; a longer one is left out.</summary>
    internal const int MaxValueCharacters = 2_000;

    private const int MaxDepth = 64;
    private const string IdentityMap = "identityMap";

    /// <summary>Adds an entity's signals.</summary>
    /// <param name="entity">JSON that was found valid when it was received.</param>
    /// <param name="to">Gets them.</param>
    internal static void Add(ReadOnlySpan<byte> entity, Signals to)
    {
        var reader = new Utf8JsonReader(entity, new JsonReaderOptions { MaxDepth = 512 });
        var lengths = new int[MaxDepth + 1];
        var path = new StringBuilder();
        var depth = 0;
        while (to.Count < MaxSignals && reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    if (depth == 1 && reader.ValueTextEquals(IdentityMap) || depth >= MaxDepth)
                    {
                        reader.Skip();
                        break;
                    }
                    path.Length = lengths[depth];
                    if (path.Length > 0)
                        path.Append('.');
                    path.Append(reader.GetString());
                    break;
                case JsonTokenType.StartObject:
                    if (++depth <= MaxDepth)
                        lengths[depth] = path.Length;
                    break;
                case JsonTokenType.EndObject:
                    path.Length = lengths[depth--];
                    break;
                case JsonTokenType.String:
                    Add(path, reader.GetString()!, to);
                    break;
                case JsonTokenType.Number:
                    Add(path, Encoding.UTF8.GetString(reader.ValueSpan), to);
                    break;
                case JsonTokenType.True:
                    Add(path, "true", to);
                    break;
                case JsonTokenType.False:
                    Add(path, "false", to);
                    break;
                default:
                    break; // an array's own brackets say nothing, and null is no value
            }
        }
    }

    private static void Add(StringBuilder path, string value, Signals to)
    {
        if (value.Length <= MaxValueCharacters && path.Length <= MaxValueCharacters)
            to.Add(path.ToString(), value);
    }
}
