using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Models;

/// <summary>What models use, and what uses them: both keep the used one from being deleted.</summary>
internal static class ModelUse
{
    private const int MaxLines = 100;

    /// <summary>The models whose baseline or excluded trait this is, one line each.</summary>
    internal static IReadOnlyList<string> OfSid(CatalogueSnapshot catalogue, long sid) =>
        [.. catalogue.Table(Kinds.Models).Rows.Where(model => model.Sid == sid || model.ExcludedTraits.Contains(sid)).Take(MaxLines).Select(Line)];

    /// <summary>The models that search a data source, one line each.</summary>
    internal static IEnumerable<string> OfDataSource(CatalogueSnapshot catalogue, long dataSourceId) =>
        catalogue.Table(Kinds.Models).Rows.Where(model => model.DataSources.Contains(dataSourceId)).Select(Line);

    /// <summary>The algorithmic traits that a model fills.</summary>
    internal static IReadOnlyList<long> TraitsOf(CatalogueSnapshot catalogue, long modelId) =>
        [.. catalogue.Table(Kinds.Traits).Rows.Where(trait => trait.AlgoModelId == modelId).Select(trait => trait.Id)];

    /// <summary>Why a baseline or excluded trait stays; null when no model uses it.</summary>
    internal static AudienceProblem? ConflictOf(CatalogueSnapshot catalogue, string noun, long sid)
    {
        var models = OfSid(catalogue, sid);
        return models.Count == 0 ? null : AudienceProblem.Conflict("cannot_delete_entity_mapped", $"{noun} {sid} is used by models", models);
    }

    private static string Line(Model model) => $"Model {model.Id}";
}
