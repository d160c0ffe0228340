using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Regions;

/// <summary><c>/dcs-regions/</c> (contract audience.md 3.14): the known ids and hosts, which clients look up; this server serves all of them.</summary>
internal sealed class RegionFamily : ReadFamily<Region>
{
    internal override string Noun => "region";

    internal override FieldSet<Region> Fields { get; } = new(
        Field.Number<Region>("regionId", one => one.Id),
        Field.Text<Region>("location", one => one.Location).NeverNull(),
        Field.Text<Region>("host", one => one.Host).NeverNull(),
        Field.Text<Region>("code", one => one.Code).NeverNull(),
        Field.Text<Region>("status", _ => "ACTIVE").NeverNull(),
        Field.Number<Region>("createTime", one => one.CreateTime),
        Field.Number<Region>("updateTime", one => one.UpdateTime),
        Field.Number<Region>("crUID", one => one.CrUid),
        Field.Number<Region>("upUID", one => one.UpUid));

    internal override EntityTable<Region> Rows(CatalogueSnapshot catalogue) => Region.All;
}
