using Sluice.Access;

namespace Sluice.Audience.Models;

/// <summary>Who may do what with models (contract audience.md section 6): the right to see them is a wildcard, all else follows from their data sources.</summary>
internal static class ModelRights
{
    internal static bool MaySee(Caller caller) => caller.IsAdmin || caller.Has("VIEW_MODELS");

    /// <summary>Whoever could have made a model may change and delete it.</summary>
    internal static ObjectRights On(Caller caller, Model model) =>
        !MaySee(caller) ? ObjectRights.None
        : model.DataSources.All(id => MaySearch(caller, id)) ? ObjectRights.Read | ObjectRights.Write | ObjectRights.Delete
        : ObjectRights.Read;

    /// <summary>Whether the caller may let models look for traits in a data source.</summary>
    internal static bool MaySearch(Caller caller, long dataSourceId) =>
        caller.IsAdmin || caller.RightsOn(ObjectKind.Trait, dataSourceId, dataSourceId).HasFlag(ObjectRights.MapToModels);
}
