using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sluice.Audience.Lists;

/// <summary>One member of an object as the API shows it: how it is written, sorted by and searched in.</summary>
internal abstract class Field<T>(string name)
{
    // Every kind has these: whose it is, who made it, and when.
    private static readonly HashSet<string> ReadOnlyNames = ["pid", "crUID", "upUID", "createTime", "updateTime"];

    /// <summary>The member's name, as in <c>sortBy</c>.</summary>
    internal string Name => name;

    /// <summary>Whether it stands in an answer that was asked for with this view; always, unless said otherwise.</summary>
    internal Func<RowView, bool> IsShown { get; set; } = _ => true;

    /// <summary>Whether this object has the member: not every type of a kind has all of them.</summary>
    internal Func<T, bool> IsOf { get; private set; } = _ => true;

    /// <summary>Whether this reader may know the member's value; others read null, and find nothing in it.</summary>
    internal Func<T, RowView, bool>? IsKnownTo { get; init; }

    /// <summary>Gives the member to some objects only.</summary>
    internal Field<T> OnlyOn(Func<T, bool> which)
    {
        IsOf = which;
        return this;
    }

    /// <summary>What JSON it holds.</summary>
    internal virtual FieldType Type => FieldType.Anything;

    /// <summary>Whether null may stand in its place.</summary>
    internal bool IsNullable { get; set; }

    /// <summary>This member, which always has a value.</summary>
    internal Field<T> NeverNull()
    {
        IsNullable = false;
        return this;
    }

    /// <summary>Whether only the server says what it is; what a client sends for it is passed over.</summary>
    internal bool IsReadOnly { get; private set; } = ReadOnlyNames.Contains(name);

    /// <summary>This member, which only the server gives.</summary>
    internal Field<T> ReadOnly()
    {
        IsReadOnly = true;
        return this;
    }

    /// <summary>This member, which clients may give although it is written in a way of its own.</summary>
    internal Field<T> Given()
    {
        IsReadOnly = false;
        return this;
    }

    /// <summary>This member on rows that have such an object in them.</summary>
    internal Field<TRow> Of<TRow>(Func<TRow, T> inner) =>
        new InnerField<TRow, T>(this, inner) { IsShown = IsShown, IsNullable = IsNullable, IsOf = row => IsOf(inner(row)) };

    internal abstract void Write(Utf8JsonWriter json, T row, RowView view);

    /// <summary>Orders rows by this member; null comes first.</summary>
    internal virtual int Compare(T left, T right) => 0;

    /// <summary>What rows are ordered by where the value changes without them; null for members whose order the table keeps.</summary>
    internal virtual Func<T, RowView, long>? LiveValue => null;

    /// <summary>Whether the member's value holds the text; the case does not matter (contract audience.md 2.1).</summary>
    internal virtual bool Holds(T row, string text, RowView view) => false;
}

/// <summary>What a reader asked to see, and as whom.</summary>
/// <param name="Caller">Whose rights count.</param>
/// <param name="Catalogue">What the row belongs to.</param>
/// <param name="Query">The request's parameters.</param>
internal sealed record RowView(Access.Caller Caller, Catalogue.CatalogueSnapshot Catalogue, ListQuery Query)
{
    /// <summary>Whether one object was asked for, not a list.</summary>
    internal bool IsSingle { get; init; }

    /// <summary>Whether it was asked for by its integration code: such answers tell what the caller may do with it (contract audience.md 3.3).</summary>
    internal bool IsByCode { get; init; }

    /// <summary>The numbers of traits and segments; null where rows have none.</summary>
    internal RowMetrics? Metrics { get; init; }

    /// <summary>Since when the rule of a trait or segment is in force, as the engine knows; null where there is none.</summary>
    internal Func<long, long?>? EffectiveSince { get; init; }
}

/// <summary>The kinds of members there are.</summary>
internal static class Field
{
    internal static Field<T> Text<T>(string name, Func<T, string?> value, Func<T, RowView, bool>? isKnownTo = null) =>
        new TextField<T>(name, value) { IsNullable = true, IsKnownTo = isKnownTo };

    internal static Field<T> Number<T>(string name, Func<T, long?> value) => new NumberField<T>(name, value) { IsNullable = true };

    // The compiler takes this one wherever the value cannot be null: the schemas know it from here.
    internal static Field<T> Number<T>(string name, Func<T, long> value) => new NumberField<T>(name, row => value(row));

    internal static Field<T> Decimal<T>(string name, Func<T, double> value) => new DecimalField<T>(name, row => value(row));

    internal static Field<T> Decimal<T>(string name, Func<T, double?> value) => new DecimalField<T>(name, value) { IsNullable = true };

    internal static Field<T> Flag<T>(string name, Func<T, bool> value) => new FlagField<T>(name, value);

    internal static Field<T> Texts<T>(string name, Func<T, IReadOnlyList<string>> values) => new TextsField<T>(name, values);

    internal static Field<T> Numbers<T>(string name, Func<T, IReadOnlyList<long>> values) => new NumbersField<T>(name, values);

    /// <summary>A member that is not sorted by, and may depend on the view.</summary>
    internal static Field<T> Custom<T>(
        string name, Action<Utf8JsonWriter, T, RowView> write, Func<RowView, bool>? isShown = null, FieldType? type = null) =>
        new CustomField<T>(name, write, type ?? FieldType.Anything) { IsShown = isShown ?? (_ => true) }.ReadOnly();

    /// <summary>Since when a rule is in force; absent while it is not, and in lists.</summary>
    internal static Field<T> EffectiveSince<T>()
        where T : Catalogue.Entity => Custom<T>(
            "effectiveSince", (json, one, view) =>
            {
                if (view.EffectiveSince!(one.Id) is { } since)
                    json.WriteNumber("effectiveSince", since);
            }, view => view.IsSingle && view.EffectiveSince is not null, FieldType.Whole);

    /// <summary>A number of reports, shown where the reader asks for metrics; it is looked up for the rows that are shown, and for all where they are ordered by it.</summary>
    internal static Field<T> Metric<T>(string name, Func<T, RowMetrics, long> value) =>
        new MetricField<T>(name, value) { IsShown = view => view.Query.Flag("includeMetrics") }.ReadOnly();

    private sealed class TextField<T>(string name, Func<T, string?> value) : Field<T>(name)
    {
        internal override FieldType Type => FieldType.Text;

        internal override void Write(Utf8JsonWriter json, T row, RowView view) => json.WriteString(Name, value(row));

        internal override int Compare(T left, T right) => string.Compare(value(left), value(right), StringComparison.OrdinalIgnoreCase);

        internal override bool Holds(T row, string text, RowView view) => value(row)?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
    }

    private sealed class NumberField<T>(string name, Func<T, long?> value) : Field<T>(name)
    {
        internal override FieldType Type => FieldType.Whole;

        internal override void Write(Utf8JsonWriter json, T row, RowView view)
        {
            if (value(row) is { } number)
                json.WriteNumber(Name, number);
            else
                json.WriteNull(Name);
        }

        internal override int Compare(T left, T right) => Nullable.Compare(value(left), value(right));

        internal override bool Holds(T row, string text, RowView view)
        {
            if (value(row) is not { } number)
                return false;
            Span<char> digits = stackalloc char[20];
            number.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
            return digits[..length].Contains(text, StringComparison.OrdinalIgnoreCase);
        }
    }

    private sealed class DecimalField<T>(string name, Func<T, double?> value) : Field<T>(name)
    {
        internal override FieldType Type => FieldType.Decimal;

        internal override void Write(Utf8JsonWriter json, T row, RowView view)
        {
            if (value(row) is { } number)
                json.WriteNumber(Name, number);
            else
                json.WriteNull(Name);
        }

        internal override int Compare(T left, T right) => Nullable.Compare(value(left), value(right));

        internal override bool Holds(T row, string text, RowView view) =>
            value(row)?.ToString(CultureInfo.InvariantCulture).Contains(text, StringComparison.OrdinalIgnoreCase) == true;
    }

    private sealed class MetricField<T>(string name, Func<T, RowMetrics, long> value) : Field<T>(name)
    {
        internal override FieldType Type => FieldType.Whole;

        internal override Func<T, RowView, long> LiveValue => (row, view) => view.Metrics is { } metrics ? value(row, metrics) : 0;

        internal override void Write(Utf8JsonWriter json, T row, RowView view) => json.WriteNumber(Name, LiveValue(row, view));

        internal override bool Holds(T row, string text, RowView view) =>
            LiveValue(row, view).ToString(CultureInfo.InvariantCulture).Contains(text, StringComparison.OrdinalIgnoreCase);
    }

    private sealed class FlagField<T>(string name, Func<T, bool> value) : Field<T>(name)
    {
        internal override FieldType Type => FieldType.Flag;

        internal override void Write(Utf8JsonWriter json, T row, RowView view) => json.WriteBoolean(Name, value(row));

        internal override int Compare(T left, T right) => value(left).CompareTo(value(right));

        internal override bool Holds(T row, string text, RowView view) => (value(row) ? "true" : "false").Contains(text, StringComparison.OrdinalIgnoreCase);
    }

    private sealed class TextsField<T>(string name, Func<T, IReadOnlyList<string>> values) : Field<T>(name)
    {
        internal override FieldType Type => FieldType.Texts;

        internal override void Write(Utf8JsonWriter json, T row, RowView view)
        {
            json.WriteStartArray(Name);
            foreach (var value in values(row))
                json.WriteStringValue(value);
            json.WriteEndArray();
        }

        internal override int Compare(T left, T right) =>
            string.Compare(string.Join(',', values(left)), string.Join(',', values(right)), StringComparison.OrdinalIgnoreCase);

        internal override bool Holds(T row, string text, RowView view) => values(row).Any(value => value.Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    private sealed class NumbersField<T>(string name, Func<T, IReadOnlyList<long>> values) : Field<T>(name)
    {
        internal override FieldType Type => FieldType.Wholes;

        internal override void Write(Utf8JsonWriter json, T row, RowView view)
        {
            json.WriteStartArray(Name);
            foreach (var value in values(row))
                json.WriteNumberValue(value);
            json.WriteEndArray();
        }

        internal override int Compare(T left, T right) => values(left).Count.CompareTo(values(right).Count);

        internal override bool Holds(T row, string text, RowView view) =>
            values(row).Any(value => value.ToString(CultureInfo.InvariantCulture).Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    private sealed class CustomField<T>(string name, Action<Utf8JsonWriter, T, RowView> write, FieldType type) : Field<T>(name)
    {
        internal override FieldType Type => type;

        internal override void Write(Utf8JsonWriter json, T row, RowView view) => write(json, row, view);

        // What it holds is known to its writer only.
        internal override bool Holds(T row, string text, RowView view)
        {
            var bytes = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(bytes, ListAnswer.Format))
            {
                json.WriteStartObject();
                write(json, row, view);
                json.WriteEndObject();
            }
            var reader = new Utf8JsonReader(bytes.WrittenSpan, new JsonReaderOptions { MaxDepth = 2_000 }); // a rule's tree lies some 1,500 deep
            while (reader.Read())
            {
                var value = reader.TokenType switch
                {
                    JsonTokenType.String => reader.GetString()!,
                    JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(reader.ValueSpan),
                    _ => "",
                };
                if (value.Contains(text, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
            return false;
        }
    }
}
