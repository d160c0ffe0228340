using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Bulk;

/// <summary><c>POST /v1/bulk</c> (ours): many objects of all families made, changed and deleted in one request; all of it or nothing, tried first if wanted.</summary>
/// <remarks>An object that the request makes under a <c>ref</c> is named by later ones as <c>{{ref}}</c> in any text, also inside a rule: <c>{{boots}}T OR 5T</c>.</remarks>
internal sealed partial class BulkRoutes(BulkFamilies families)
{
    private const int MaxOperations = 100_000;

    internal void Map(RouteGroupBuilder routes) => routes.MapPost("/bulk", (Delegate)HandleAsync);

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        var (root, problem) = await Body.ReadAsync(http, Body.MaxBulkBytes);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("operations", out var operations) || operations.ValueKind != JsonValueKind.Array
            || operations.GetArrayLength() is 0 or > MaxOperations)
            return AudienceAnswers.Refuse(AudienceProblem.Invalid($"operations must be a list of 1 to {MaxOperations} operations"));
        var body = new Body(root);
        var dryRun = body.Flag("dryRun", false);
        if (body.Problem is { } refused)
            return AudienceAnswers.Refuse(refused);

        var caller = Caller.Of(http);
        var catalogue = AudienceEnvironment.Of(http).Catalogue;
        var names = new Dictionary<string, long>(StringComparer.Ordinal);
        CatalogueSnapshot before = catalogue.Snapshot, after = before;
        var (outcome, changes) = await catalogue.WriteAsync<object>(caller.UserId ?? 0, dryRun, async draft =>
        {
            before = draft.Current;
            var faults = new List<(int At, AudienceProblem Problem)>();
            foreach (var (at, operation) in operations.EnumerateArray().Index())
            {
                if (await RunAsync(draft, operation, names, caller) is { } fault)
                    faults.Add((at, fault));
                if (faults.Count >= BulkReport.MaxListed)
                    break;
            }
            after = draft.Current;
            return faults.Count == 0 ? names : BulkFaults.Of(faults.ConvertAll(one => ($"[{one.At}]", one.Problem)), operations.GetArrayLength());
        }, http.RequestAborted);
        return outcome.Problem is { } blocked ? AudienceAnswers.Refuse(blocked) : AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            new BulkReport(families, caller, ListQuery.Read(http)).Write(json, before, after, changes, unchanged: 0, dryRun);
            json.WriteStartObject("refs");
            foreach (var (name, id) in names)
                json.WriteNumber(name, id);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private async Task<AudienceProblem?> RunAsync(Draft draft, JsonElement operation, Dictionary<string, long> names, Caller caller)
    {
        if (operation.ValueKind != JsonValueKind.Object)
            return AudienceProblem.Invalid("An operation must be an object");
        var read = new Body(operation);
        var op = read.Word("op", null, "create", "update", "delete");
        if (op is null)
            read.Refuse("op", "must be create, update or delete");
        var type = read.RequiredText("type", null);
        if (families.Find(type) is not { } family)
            return AudienceProblem.Invalid($"type must be one of {string.Join(", ", families.All.Select(one => one.Kind.Name))}");
        var address = op == "create" ? "" : Filled(read.RequiredText("id", null), names, read);
        var name = read.Text("ref", null);
        if (name is not null && !RefName().IsMatch(name))
            read.Refuse("ref", "must be 1 to 100 letters, digits, _ or -");
        if (name is not null && names.ContainsKey(name))
            read.Refuse("ref", $"[{name}] is taken");
        var members = op == "delete" ? null : ReadObject(operation, names, read);
        if (read.Problem is { } problem)
            return problem;
        if (!family.Verbs.HasFlag(op switch { "create" => FamilyVerbs.Create, "update" => FamilyVerbs.Update, _ => FamilyVerbs.Delete }))
            return AudienceProblem.Invalid($"A {type} cannot be {(op == "create" ? "made" : op + "d")} by a client");

        var (row, refused) = op switch
        {
            "create" => await family.CreateAsync(draft, members!, caller),
            "update" => await family.UpdateAsync(draft, address, members!, caller),
            _ => await family.RemoveAsync(draft, address, caller),
        };
        if (refused is null && name is not null)
            names[name] = row!.Id;
        return refused;
    }

    private static Body? ReadObject(JsonElement operation, Dictionary<string, long> names, Body read)
    {
        if (!operation.TryGetProperty("object", out var members) || members.ValueKind != JsonValueKind.Object)
        {
            read.Refuse("object", "must be an object");
            return null;
        }
        if (!members.GetRawText().Contains("{{", StringComparison.Ordinal))
            return new Body(members);
        var node = JsonObject.Create(members)!;
        foreach (var (member, value) in node.ToList())
        {
            if (value is JsonArray list)
            {
                for (var index = 0; index < list.Count; index++)
                {
                    if (list[index] is JsonValue item && item.TryGetValue<string>(out var each))
                        list[index] = Filled(each, names, read);
                }
            }
            else if (value is JsonValue one && one.TryGetValue<string>(out var text))
                node[member] = Filled(text, names, read);
        }
        return new Body(JsonSerializer.SerializeToElement(node));
    }

    private static string Filled(string text, Dictionary<string, long> names, Body read) => Reference().Replace(text, match =>
    {
        if (names.TryGetValue(match.Groups[1].Value, out var id))
            return id.ToString(CultureInfo.InvariantCulture);
        read.Refuse("object", $"names [{match.Groups[1].Value}], which no operation before it made");
        return match.Value;
    });

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,100}$", RegexOptions.NonBacktracking)]
    private static partial Regex RefName();

    [GeneratedRegex(@"\{\{([A-Za-z0-9_-]{1,100})\}\}", RegexOptions.NonBacktracking)]
    private static partial Regex Reference();
}
