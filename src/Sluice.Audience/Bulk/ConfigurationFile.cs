using System.Globalization;
using System.Text.Json;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Bulk;

/// <summary>A configuration file brought into the catalogue: what it holds is made or changed under the ids it has there; with <c>replace</c> all else goes.</summary>
internal sealed class ConfigurationFile(BulkFamilies families, JsonElement root, Caller caller)
{
    internal const string Format = "sluice-audience/1";

    private const int MaxObjects = 1_000_000;

    /// <summary>How many objects are in the catalogue already as the file has them.</summary>
    internal int Unchanged { get; private set; }

    /// <summary>What is wrong with the file as a whole, or null.</summary>
    internal AudienceProblem? FindFault()
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.String || format.GetString() != Format)
            return AudienceProblem.Invalid($"The file must be an object whose format is {Format}");
        var count = 0;
        foreach (var member in root.EnumerateObject().Where(member => member.Name != "format"))
        {
            if (families.Find(member.Name) is null)
                return AudienceProblem.Invalid($"[{member.Name}] is no type; types are {string.Join(", ", families.All.Select(one => one.Kind.Name))}");
            if (member.Value.ValueKind != JsonValueKind.Array || member.Value.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.Object))
                return AudienceProblem.Invalid($"{member.Name} must be a list of objects");
            count += member.Value.GetArrayLength();
        }
        return count > MaxObjects ? AudienceProblem.Limit($"A file holds at most {MaxObjects} objects") : null;
    }

    /// <summary>Makes the changes on the draft.</summary>
    internal async Task<AudienceProblem?> ApplyAsync(Draft draft, bool replaces)
    {
        var (waiting, faults) = await ReadAsync(draft);
        if (faults.Count > 0)
            return BulkFaults.Of(faults, faults.Count);
        if (replaces && await RemoveOthersAsync(draft, waiting) is { Count: > 0 } stuck)
            return BulkFaults.Of(stuck, stuck.Count);

        // What an object names may come later in the file, a model's segment before a segment's model: whatever cannot be made yet waits for the next round.
        while (waiting.Count > 0)
        {
            var left = new List<Item>();
            faults.Clear();
            foreach (var item in waiting)
            {
                if (await MakeAsync(draft, item) is not { } fault)
                    continue;
                left.Add(item);
                faults.Add((item.Place, fault));
            }
            if (left.Count == waiting.Count)
                return BulkFaults.Of(faults, left.Count);
            waiting = left;
        }
        draft.KeepIds();
        return null;
    }

    private async Task<(List<Item> Items, List<(string, AudienceProblem)> Faults)> ReadAsync(Draft draft)
    {
        var (items, faults) = (new List<Item>(), new List<(string, AudienceProblem)>());
        var taken = new HashSet<(string Sequence, long Id)>();
        foreach (var family in families.All)
        {
            if (!root.TryGetProperty(family.Kind.Name, out var rows))
                continue;
            var highest = 0L;
            foreach (var (at, row) in rows.EnumerateArray().Index())
            {
                var place = $"{family.Kind.Name}[{at}]";
                var body = new Body(row);
                var id = body.Number(family.IdMember, null, 1);
                long? trait = body.Has("traitSid") ? body.Number("traitSid", null, 1) : null;
                if (id is null || body.Problem is not null)
                    faults.Add((place, AudienceProblem.Invalid($"{family.IdMember} must be a number from 1")));
                else if (!taken.Add((family.Kind.Sequence, id.Value)) || trait is not null && !taken.Add((Kinds.Traits.Sequence, trait.Value)))
                    faults.Add((place, AudienceProblem.Conflict("duplicate_id", $"The id {id} is in the file twice")));
                else if (families.All.FirstOrDefault(one => one.Kind != family.Kind && one.Kind.Sequence == family.Kind.Sequence && one.Find(draft.Current, id.Value) is not null) is { } owner)
                    faults.Add((place, AudienceProblem.Conflict("duplicate_id", $"The id {id} is that of a {owner.Kind.Name} here")));
                else
                    items.Add(new Item(family, place, id.Value, trait, row));
                highest = Math.Max(highest, Math.Max(id ?? 0, 0));
                if (trait is { } sid)
                    await draft.ReserveIdsAsync(Kinds.Traits, sid);
            }
            await draft.ReserveIdsAsync(family.Kind, highest);
        }
        return (items, faults);
    }

    private async Task<AudienceProblem?> MakeAsync(Draft draft, Item item)
    {
        var known = item.Family.Find(draft.Current, item.Id);
        if (known is not null && FindDifference(draft.Current, item, known) is null)
        {
            Unchanged++;
            return null;
        }
        draft.KeepIds([.. known is null ? (long[])[item.Id] : [], .. item.Trait is { } trait ? (long[])[trait] : []]);
        var (made, problem) = known is null ? await item.Family.CreateAsync(draft, new Body(item.Row), caller)
            : item.Family.Verbs.HasFlag(FamilyVerbs.Update) ? await item.Family.UpdateAsync(draft, item.Address, new Body(item.Row), caller)
            : AudienceProblem.Conflict("cannot_change_entity", $"A {item.Family.Kind.Name} cannot be changed");
        // What a family passes over in silence, a file must not: it would not come out again as it went in.
        return problem ?? (FindDifference(draft.Current, item, made!) is { } difference ? AudienceProblem.Invalid(difference, difference) : null);
    }

    private string? FindDifference(CatalogueSnapshot catalogue, Item item, Entity row)
    {
        using var written = families.Read(item.Family.Kind, row, new RowView(caller, catalogue, ListQuery.None) { IsSingle = true });
        foreach (var member in item.Row.EnumerateObject())
        {
            if (item.Family.IsReadOnly(member.Name))
                continue;
            if (!written.RootElement.TryGetProperty(member.Name, out var value))
                return $"{member.Name} is no member of this {item.Family.Kind.Name}";
            if (!JsonElement.DeepEquals(value, member.Value))
                return $"{member.Name} would be {Short(value)}, not {Short(member.Value)}";
        }
        return null;
    }

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 100 } text ? text[..100] + "…" : value.GetRawText();

    /// <summary>Takes out what the file does not have. What is in the way of what goes may go itself, a mapping before its segment.</summary>
    private async Task<List<(string, AudienceProblem)>> RemoveOthersAsync(Draft draft, List<Item> items)
    {
        var kept = items.Select(item => (item.Family.Kind, item.Id)).ToHashSet();
        var going = families.All.Reverse().Where(family => family.Verbs.HasFlag(FamilyVerbs.Delete)).SelectMany(family => family.Rows(draft.Current)
            .Where(row => !kept.Contains((family.Kind, row.Id)) && !family.Stays(row) && !family.FollowsAnother(row)).Select(row => (Family: family, row.Id))).ToList();
        while (going.Count > 0)
        {
            var left = new List<(BulkFamily Family, long Id)>();
            var faults = new List<(string, AudienceProblem)>();
            foreach (var one in going)
            {
                if ((await one.Family.RemoveAsync(draft, one.Id.ToString(CultureInfo.InvariantCulture), caller)).Problem is not { } fault)
                    continue;
                left.Add(one);
                faults.Add(($"{one.Family.Kind.Name} {one.Id}", fault));
            }
            if (left.Count == going.Count)
                return faults;
            going = left;
        }
        return [];
    }

    private sealed record Item(BulkFamily Family, string Place, long Id, long? Trait, JsonElement Row)
    {
        internal string Address => Id.ToString(CultureInfo.InvariantCulture);
    }
}
