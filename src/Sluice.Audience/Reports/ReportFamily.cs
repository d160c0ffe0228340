using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Reports;

/// <summary>The rows of one report, made for one caller, so that they are paged, searched and ordered as any list is.</summary>
internal sealed class ReportFamily<TRow>(FieldSet<TRow> fields, IEnumerable<TRow> rows) : ReadFamily<TRow>
    where TRow : Entity
{
    private readonly EntityTable<TRow> _rows = (EntityTable<TRow>)EntityTable<TRow>.Empty.WithAll(rows);

    internal override string Noun => "row";

    internal override FieldSet<TRow> Fields => fields;

    internal override EntityTable<TRow> Rows(CatalogueSnapshot catalogue) => _rows;
}
