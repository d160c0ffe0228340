using System.Text.Json;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Taxonomy;

/// <summary>The categories, with both spellings of their id that clients read.</summary>
internal sealed class CategoryFamily : ReadFamily<Category>
{
    internal override string Noun => "category";

    internal override FieldSet<Category> Fields { get; } = new(
        [.. Own(), Field.Custom<Category>("categories", WriteChildren, type: FieldType.Objects)]);

    internal override EntityTable<Category> Rows(CatalogueSnapshot catalogue) => Category.All;

    private static Field<Category>[] Own() =>
    [
        Field.Number<Category>("categoryID", one => one.Id),
        Field.Number<Category>("categoryId", one => one.Id),
        Field.Number<Category>("parentCategoryID", one => one.ParentId),
        Field.Text<Category>("name", one => one.Name).NeverNull(),
        Field.Text<Category>("description", one => one.Description).NeverNull(),
        Field.Number<Category>("crUID", one => one.CrUid),
        Field.Number<Category>("upUID", one => one.UpUid),
        Field.Number<Category>("categoryCount", one => one.Children.Count),
    ];

    private static void WriteChildren(Utf8JsonWriter json, Category row, RowView view)
    {
        json.WriteStartArray("categories");
        foreach (var child in row.Children)
            ChildFields.Write(json, child, view);
        json.WriteEndArray();
    }

    private static FieldSet<Category> ChildFields { get; } = new(Own());
}
