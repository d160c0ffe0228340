using System.Text.Json;

namespace Sluice.Schemas.Compile;

/// <summary>A schema in a document: its JSON, and where it stands.</summary>
/// <param name="Id">A number of its own within one compilation.</param>
/// <param name="Document">The address under which the document was read; empty for the root document.</param>
/// <param name="Pointer">The JSON pointer within the document.</param>
/// <param name="BaseUri">What relative references in it are relative to; empty when nothing is known.</param>
internal sealed record SchemaPlace(int Id, string Document, string Pointer, string BaseUri, JsonElement Element)
{
    /// <summary>The place in messages.</summary>
    public string Location => $"{Document}#{Pointer}";

    /// <summary>Whether it is a reference, whose other members mean nothing in draft-06.</summary>
    public bool IsReference => Element.ValueKind == JsonValueKind.Object
        && Element.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String;

    /// <summary>The member of that name, if the schema is an object and has it.</summary>
    public bool TryGet(string keyword, out JsonElement value)
    {
        value = default;
        return Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(keyword, out value);
    }

    /// <summary>Whether it has one of these keywords.</summary>
    public bool HasAny(params ReadOnlySpan<string> keywords)
    {
        foreach (string keyword in keywords)
        {
            if (TryGet(keyword, out _))
                return true;
        }

        return false;
    }

    /// <summary>An exception that names a keyword of this schema.</summary>
    public SchemaException Fault(string keyword, string reason) => new($"{Location}/{SchemaUri.EscapeToken(keyword)}", reason);
}
