using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Models;

/// <summary><c>/models/</c> (contract audience.md 3.11): what a model learns from is said once; later only its name, description and status change.</summary>
internal sealed class ModelFamily(AudienceLimits limits) : Family<Model>
{
    private const int MaxDataSources = 1_000;
    private const long DefaultLookBackDays = 30;

    private static readonly long[] LookBackDays = [30, 60, 90];

    internal override EntityKind<Model> Kind => Kinds.Models;

    internal override string Noun => "model";

    internal override bool HasRights => true;

    internal override IReadOnlyList<string> Required => ["name", "dataSources", "sid"];

    internal override FieldSet<Model> Fields => ModelFields.All;

    internal override ObjectRights RightsOn(Caller caller, Model row) => ModelRights.On(caller, row);

    /// <summary>Rows show their data sources and runs whether they are asked for or not.</summary>
    internal override Func<Model, bool>? Filter(RowView view)
    {
        var (searched, seeds) = (view.Query.Numbers("usesDataSource"), view.Query.Numbers("containsSeedFromDataSource"));
        return searched.Count == 0 && seeds.Count == 0 ? null : row =>
            (searched.Count == 0 || row.DataSources.Any(searched.Contains))
            && (seeds.Count == 0 || Baseline.DataSourceOf(view.Catalogue, row.Sid) is { } source && seeds.Contains(source));
    }

    internal override async Task<Outcome<Model>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        if (!ModelRights.MaySee(caller))
            return AudienceProblem.Forbidden("You may not make models");
        var read = ReadNew(body);
        var problem = body.Problem ?? FindRightFault(draft.Current, read, caller) ?? FindLimit(draft.Current, read)
            ?? (read.ExcludedTraits.Count > limits.ExcludedTraits
                ? AudienceProblem.Limit($"A model excludes at most {limits.ExcludedTraits} traits") : null)
            ?? (draft.Current.Table(Kind).Count >= limits.Models ? AudienceProblem.Limit($"There are {limits.Models} models already") : null);
        if (problem is not null)
            return problem;
        Baseline.TryFind(draft.Current, read.Sid, caller, out var baseline);
        return await draft.AddAsync(Kind, read with { BaselineTraitType = baseline!.Type });

        Model ReadNew(Body from)
        {
            var made = new Model
            {
                Name = from.RequiredText("name", null),
                Description = from.Text("description", null, 4_000),
                Status = ReadStatus(from, Model.Active),
                Sid = from.Number("sid", null) ?? 0,
                AlgoTypeId = from.Number("algoTypeId", null) ?? Algorithm.TraitWeight,
                LookBackPeriod = from.Number("lookBackPeriod", null) ?? DefaultLookBackDays,
                DataSources = [.. from.Numbers("dataSources", [], MaxDataSources).Distinct()],
                ExcludedTraits = [.. from.Numbers("excludedTraits", []).Distinct()],
            };
            FindFaults(from, made, draft.Current, caller);
            return made;
        }
    }

    internal override Task<Outcome<Model>> UpdateAsync(Draft draft, Model row, Body body, Caller caller)
    {
        var read = row with
        {
            Name = body.RequiredText("name", row.Name),
            Description = body.Text("description", row.Description, 4_000),
            Status = ReadStatus(body, row.Status),
        };
        var starts = read.Status == Model.Active && row.Status != Model.Active;
        if (starts && row.EmptyRuns >= Model.MaxEmptyRuns)
            body.Refuse("status", $"stays {Model.Inactive}: {Model.MaxEmptyRuns} runs in a row found no data");
        var problem = body.Problem ?? (starts ? FindLimit(draft.Current, read) : null);
        return Task.FromResult<Outcome<Model>>(problem is not null ? problem : draft.Change(Kind, read));
    }

    internal override Task<AudienceProblem?> RemoveAsync(Draft draft, Model row, Caller caller)
    {
        var traits = ModelUse.TraitsOf(draft.Current, row.Id);
        if (traits.Count > 0)
        {
            return Task.FromResult<AudienceProblem?>(
                new AudienceProblem(400, "cannot_delete_entity_with_mappings", $"Model {row.Id} is used by traits")
                {
                    ChildMessages = [.. traits.Select(sid => sid.ToString(System.Globalization.CultureInfo.InvariantCulture))],
                });
        }
        draft.Remove(Kind, row);
        return Task.FromResult<AudienceProblem?>(null);
    }

    private void FindFaults(Body body, Model made, CatalogueSnapshot catalogue, Caller caller)
    {
        if (!body.Has("sid") || made.Sid == 0)
            body.Refuse("sid", "is required");
        else if (!Baseline.TryFind(catalogue, made.Sid, caller, out _))
            body.Refuse("sid", $"names no trait and no segment: {made.Sid}");
        if (made.AlgoTypeId != Algorithm.TraitWeight)
            body.Refuse("algoTypeId", $"must be {Algorithm.TraitWeight}");
        if (!LookBackDays.Contains(made.LookBackPeriod))
            body.Refuse("lookBackPeriod", $"must be one of {string.Join(", ", LookBackDays)}");
        if (made.DataSources.Count == 0)
            body.Refuse("dataSources", "must name one data source at least");
        foreach (var id in made.DataSources.Where(id => catalogue.Find(Kinds.DataSources, id) is null))
            body.Refuse("dataSources", $"names no data source: {id}");
        foreach (var sid in made.ExcludedTraits.Where(sid => catalogue.Find(Kinds.Traits, sid) is null).Take(limits.ExcludedTraits))
            body.Refuse("excludedTraits", $"names no trait: {sid}");
    }

    private static AudienceProblem? FindRightFault(CatalogueSnapshot catalogue, Model read, Caller caller)
    {
        var lacking = new List<string>();
        if (Baseline.TryFind(catalogue, read.Sid, caller, out var baseline) && !baseline.IsUsable)
            lacking.Add($"sid: you may not use {read.Sid} in models");
        lacking.AddRange(read.DataSources.Where(id => !ModelRights.MaySearch(caller, id)).Select(id => $"dataSources: you may not use {id} in models"));
        lacking.AddRange(read.ExcludedTraits
            .Where(sid => catalogue.Find(Kinds.Traits, sid) is { } trait && !caller.RightsOn(ObjectKind.Trait, sid, trait.DataSourceId).HasFlag(ObjectRights.Read))
            .Select(sid => $"excludedTraits: you may not see {sid}"));
        return lacking.Count == 0 ? null
            : AudienceProblem.Forbidden("The model names what you may not use: " + lacking[0]) with { ChildMessages = [.. lacking.Take(100)] };
    }

    private AudienceProblem? FindLimit(CatalogueSnapshot catalogue, Model read) =>
        read.Status == Model.Active && catalogue.Table(Kind).Rows.Count(one => one.Status == Model.Active) >= limits.ActiveModels
            ? AudienceProblem.Limit($"There are {limits.ActiveModels} active models already")
            : null;

    // Old clients send 1 and 0, as old answers print them.
    private static string ReadStatus(Body body, string otherwise) => body.Word("status", otherwise, Model.Active, Model.Inactive, "1", "0") switch
    {
        Model.Inactive or "0" => Model.Inactive,
        Model.Active or "1" => Model.Active,
        _ => otherwise,
    };
}
