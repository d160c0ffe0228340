using System.Net.Mail;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;

namespace Sluice.Audience.DataSources;

/// <summary>Who gets a receipt for the files that come into a data source (contract audience.md 3.1). Reading the list is ours.</summary>
internal static class InboundMailingList
{
    private const int MaxAddresses = 50;
    private const int MaxAddressCharacters = 254; // RFC 5321 section 4.5.3.1.3, without its brackets

    internal static RouteGroupBuilder MapInboundMailingList(this RouteGroupBuilder routes, string path, DataSourceFamily family)
    {
        routes.MapGet(path, (HttpContext http, string id) => Get(http, family, id));
        routes.MapPut(path + "/{email}", (HttpContext http, string id, string email) => AddAsync(http, family, id, email));
        routes.MapDelete(path + "/{email}", (HttpContext http, string id, string email) => RemoveAsync(http, family, id, email));
        return routes;
    }

    private static IResult Get(HttpContext http, DataSourceFamily family, string id)
    {
        var (view, problem) = FamilyRoutes.SingleView(http);
        var (row, refused) = problem is not null ? problem : FamilyRoutes.FindToRead(family, id, view);
        return refused is not null ? AudienceAnswers.Refuse(refused) : Answer(row!);
    }

    /// <summary>Adds an address; one that is there already stays as it is.</summary>
    private static async Task<IResult> AddAsync(HttpContext http, DataSourceFamily family, string id, string email)
    {
        if (!IsAddress(email))
            return AudienceAnswers.Refuse(AudienceProblem.Invalid("The address cannot be used", "email must be an e-mail address, such as ada@example.com"));
        var (row, refused) = await ChangeAsync(http, family, id, (draft, source) =>
            Has(source, email) ? source
            : source.InboundMailingList.Count >= MaxAddresses ? AudienceProblem.Limit($"Data source {source.Id} has {MaxAddresses} recipients already")
            : draft.Change(Kinds.DataSources, source with { InboundMailingList = [.. source.InboundMailingList, email] }));
        return refused is not null ? AudienceAnswers.Refuse(refused) : Answer(row!);
    }

    private static async Task<IResult> RemoveAsync(HttpContext http, DataSourceFamily family, string id, string email)
    {
        var (_, refused) = await ChangeAsync(http, family, id, (draft, source) =>
            Has(source, email)
                ? draft.Change(Kinds.DataSources, source with { InboundMailingList = [.. source.InboundMailingList.Where(one => !IsSame(one, email))] })
                : AudienceProblem.NotFound($"such recipient of data source {source.Id}"));
        return refused is not null ? AudienceAnswers.Refuse(refused) : Results.NoContent();
    }

    private static async Task<Outcome<DataSource>> ChangeAsync(
        HttpContext http, DataSourceFamily family, string id, Func<Draft, DataSource, Outcome<DataSource>> change)
    {
        var caller = Caller.Of(http);
        if (!caller.IsAdmin)
            return AudienceProblem.Forbidden("Only admins change data sources");
        var (outcome, _) = await AudienceEnvironment.Of(http).Catalogue.WriteAsync(caller.UserId ?? 0, dryRun: false, draft =>
        {
            var (row, refused) = FamilyRoutes.FindToChange(http, family, draft, id, ObjectRights.Write);
            return Task.FromResult(refused is not null ? refused : change(draft, row!));
        }, http.RequestAborted);
        return outcome;
    }

    private static IResult Answer(DataSource row) => AudienceAnswers.Json(200, json =>
    {
        json.WriteStartArray();
        foreach (var email in row.InboundMailingList)
            json.WriteStringValue(email);
        json.WriteEndArray();
    });

    private static bool Has(DataSource row, string email) => row.InboundMailingList.Any(one => IsSame(one, email));

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    // The parser also takes display names and quoted parts; an address that is only an address comes back as it went in.
    private static bool IsAddress(string text) =>
        text.Length <= MaxAddressCharacters && !text.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || char.IsSurrogate(letter))
        && MailAddress.TryCreate(text, out var address) && address.Address == text && address.Host.Contains('.', StringComparison.Ordinal);
}
