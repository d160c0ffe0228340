using System.Text.Json;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Bulk;

/// <summary>A family as bulk calls use it: whatever its objects are, by name.</summary>
internal abstract class BulkFamily
{
    internal abstract EntityKind Kind { get; }

    internal abstract FamilyVerbs Verbs { get; }

    internal abstract IEnumerable<Entity> Rows(CatalogueSnapshot catalogue);

    internal abstract Task<Outcome<Entity>> CreateAsync(Draft draft, Body body, Caller caller);

    internal abstract Task<Outcome<Entity>> UpdateAsync(Draft draft, string address, Body body, Caller caller);

    internal abstract Task<Outcome<Entity>> RemoveAsync(Draft draft, string address, Caller caller);

    /// <summary>The member that holds the id, such as <c>sid</c>.</summary>
    internal abstract string IdMember { get; }

    internal abstract Entity? Find(CatalogueSnapshot catalogue, long id);

    /// <summary>Whether it is there as long as its environment is.</summary>
    internal abstract bool Stays(Entity row);

    /// <summary>Whether it comes and goes with an object of another kind.</summary>
    internal abstract bool FollowsAnother(Entity row);

    /// <summary>Writes what a client says of an object, its id among it; not what the server knows by itself.</summary>
    internal abstract void Write(Utf8JsonWriter json, Entity row, RowView view);

    /// <summary>Whether a client may say this of an object.</summary>
    internal abstract bool IsGiven(string member);

    internal abstract bool IsReadOnly(string member);
}

/// <inheritdoc cref="BulkFamily"/>
internal sealed class BulkFamily<T>(Family<T> family, string idMember) : BulkFamily
    where T : Entity
{
    private readonly HashSet<string> _given = [.. family.Fields.Fields.Where(field => !field.IsReadOnly).Select(field => field.Name), idMember];

    internal override EntityKind Kind => family.Kind;

    internal override FamilyVerbs Verbs => family.Verbs;

    internal override string IdMember => idMember;

    internal override IEnumerable<Entity> Rows(CatalogueSnapshot catalogue) => catalogue.Table(family.Kind).Rows;

    internal override Entity? Find(CatalogueSnapshot catalogue, long id) => catalogue.Find(family.Kind, id);

    internal override bool Stays(Entity row) => family.Stays((T)row);

    internal override bool FollowsAnother(Entity row) => family.FollowsAnother((T)row);

    internal override bool IsGiven(string member) => _given.Contains(member);

    internal override bool IsReadOnly(string member) => !IsGiven(member) && family.Fields.Find(member) is not null;

    internal override async Task<Outcome<Entity>> CreateAsync(Draft draft, Body body, Caller caller) => Plain(await family.CreateAsync(draft, body, caller));

    internal override async Task<Outcome<Entity>> UpdateAsync(Draft draft, string address, Body body, Caller caller)
    {
        var (row, problem) = FamilyRoutes.FindToChange(family, draft.Current, caller, address, ObjectRights.Write);
        return problem is not null ? problem : Plain(await family.UpdateAsync(draft, row!, body, caller));
    }

    internal override async Task<Outcome<Entity>> RemoveAsync(Draft draft, string address, Caller caller)
    {
        var (row, problem) = FamilyRoutes.FindToChange(family, draft.Current, caller, address, ObjectRights.Delete);
        return (problem ?? await family.RemoveAsync(draft, row!, caller)) is { } refused ? refused : row!;
    }

    internal override void Write(Utf8JsonWriter json, Entity row, RowView view)
    {
        json.WriteStartObject();
        foreach (var field in family.Fields.Fields)
        {
            if (IsGiven(field.Name) && field.IsShown(view) && field.IsOf((T)row))
                field.Write(json, (T)row, view);
        }
        if (family.TraitOf((T)row) is { } trait)
            json.WriteNumber("traitSid", trait);
        json.WriteEndObject();
    }

    private static Outcome<Entity> Plain(Outcome<T> outcome) => new(outcome.Value, outcome.Problem);
}
