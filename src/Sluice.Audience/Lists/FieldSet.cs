using System.Text.Json;

namespace Sluice.Audience.Lists;

/// <summary>The members of one family's objects, in the order in which they are written; the first is a scalar (contract audience.md section 8).</summary>
internal sealed class FieldSet<T>(params IReadOnlyList<Field<T>> fields)
{
    internal IReadOnlyList<Field<T>> Fields => fields;

    internal Field<T>? Find(string name) => fields.FirstOrDefault(field => field.Name == name);

    internal void Write(Utf8JsonWriter json, T row, RowView view)
    {
        json.WriteStartObject();
        WriteMembers(json, row, view);
        json.WriteEndObject();
    }

    /// <summary>Writes the members into an object that is open, so that more can follow.</summary>
    internal void WriteMembers(Utf8JsonWriter json, T row, RowView view)
    {
        foreach (var field in fields)
        {
            if (!field.IsShown(view) || !field.IsOf(row))
                continue;
            if (field.IsKnownTo?.Invoke(row, view) == false)
                json.WriteNull(field.Name);
            else
                field.Write(json, row, view);
        }
    }

    /// <summary>Whether any member that is shown holds the text.</summary>
    internal bool Holds(T row, string text, RowView view)
    {
        foreach (var field in fields)
        {
            if (field.IsShown(view) && field.IsOf(row) && field.IsKnownTo?.Invoke(row, view) != false && field.Holds(row, text, view))
                return true;
        }
        return false;
    }
}
