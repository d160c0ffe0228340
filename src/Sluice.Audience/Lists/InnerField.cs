using System.Text.Json;

namespace Sluice.Audience.Lists;

/// <summary>A member of an object, shown on a row that has the object in it.</summary>
internal sealed class InnerField<TRow, TInner>(Field<TInner> inner, Func<TRow, TInner> of) : Field<TRow>(inner.Name)
{
    internal override FieldType Type => inner.Type;

    internal override Func<TRow, RowView, long>? LiveValue => inner.LiveValue is { } value ? (row, view) => value(of(row), view) : null;

    internal override void Write(Utf8JsonWriter json, TRow row, RowView view) => inner.Write(json, of(row), view);

    internal override int Compare(TRow left, TRow right) => inner.Compare(of(left), of(right));

    internal override bool Holds(TRow row, string text, RowView view) => inner.Holds(of(row), text, view);
}
