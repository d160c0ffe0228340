using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>What data sources have beside their verbs: contract audience.md 3.1.</summary>
[Contract("audience 3.1")]
public sealed class DataSourceExtraTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    [Fact]
    public async Task The_choices_there_are_can_be_asked_for_and_are_taken()
    {
        var desk = shared.Desk;

        var types = await desk.Admin.GetAsync("/v1/datasources/configurations/available-id-types");
        var versions = await desk.Admin.GetAsync("/v1/datasources/configurations/marketing-cloud-visitorid-versions/");

        Assert.Equal("""["COOKIE","CROSS_DEVICE","DEVICE_ADVERTISING_ID"]""", types.Text);
        Assert.Equal("[0,1]", versions.Text);
        foreach (var type in types.Json.AsArray())
            await desk.AddAsync("/v1/datasources/", $$"""{"name":"x","integrationCode":"code of {{type}}","idType":"{{type}}","marketingCloudVisitorIdVersion":1}""");
    }

    [Theory]
    [InlineData("?startDate=1&endDate=2&includeSamplingDetails=true&dataFileName=x", "")]
    [InlineData("?startDate=2&endDate=2", "")]
    [InlineData("", "startDate is required")]
    [InlineData("?startDate=1", "endDate is required")]
    [InlineData("?endDate=1", "startDate is required")]
    [InlineData("?startDate=&endDate=1", "startDate is required")]
    [InlineData("?startDate=today&endDate=2", "startDate [today] is not a number")]
    [InlineData("?startDate=3&endDate=2", "endDate is before startDate")]
    [Contract("audience Ruling 4")]
    public async Task The_inbound_history_needs_both_times_and_is_empty(string query, string says)
    {
        var desk = shared.Desk;
        var source = await desk.AddDataSourceAsync("shop");

        var answer = await desk.Admin.GetAsync($"/v1/datasources/{source}/history/inbound{query}");
        var missing = await desk.Admin.GetAsync($"/v1/datasources/999/history/inbound{query}");

        if (says.Length == 0)
            Assert.Equal((HttpStatusCode.OK, "[]"), (answer.Status, answer.Text));
        else
            CatalogueDesk.AssertRefused(answer, HttpStatusCode.BadRequest, "validation_error", says);
        CatalogueDesk.AssertRefused(missing, HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Recipients_of_receipts_are_added_once_kept_and_taken_off(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var list = $"/v1/datasources/{await desk.AddDataSourceAsync("shop")}/inbound-mailing-list/";

        var first = await desk.Admin.SendAsync(HttpMethod.Put, list + "ada@example.com", null);
        var again = await desk.Admin.SendAsync(HttpMethod.Put, list + "ADA%40example.com", null);
        var second = await desk.Admin.SendAsync(HttpMethod.Put, list + "bob%2Btest@mail.example.com", null);
        var removed = await desk.Admin.SendAsync(HttpMethod.Delete, list + "Ada@example.com", null);
        var missing = await desk.Admin.SendAsync(HttpMethod.Delete, list + "ada@example.com", null);
        var left = await desk.Admin.GetAsync(list);

        Assert.Equal((HttpStatusCode.OK, """["ada@example.com"]"""), (first.Status, first.Text));
        Assert.Equal(first.Text, again.Text);
        Assert.Equal("""["ada@example.com","bob+test@mail.example.com"]""", second.Text);
        Assert.Equal((HttpStatusCode.NoContent, ""), (removed.Status, removed.Text));
        CatalogueDesk.AssertRefused(missing, HttpStatusCode.NotFound, "not_found");
        Assert.Equal("""["bob+test@mail.example.com"]""", left.Text);
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("ada@")]
    [InlineData("@example.com")]
    [InlineData("ada@localhost")]
    [InlineData("Ada%20%3Cada@example.com%3E")]
    [InlineData("ada@example.com%0D%0ABcc:x@example.com")]
    [InlineData("a%20b@example.com")]
    [InlineData("a@example.com,b@example.com")]
    public async Task What_is_no_address_gets_no_receipts(string email)
    {
        var desk = shared.Desk;
        var list = $"/v1/datasources/{await desk.AddDataSourceAsync("shop")}/inbound-mailing-list/";

        var refused = await desk.Admin.SendAsync(HttpMethod.Put, list + email, null);
        var tooLong = await desk.Admin.SendAsync(HttpMethod.Put, list + new string('a', 250) + "@example.com", null);

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", "email");
        CatalogueDesk.AssertRefused(tooLong, HttpStatusCode.BadRequest, "validation_error", "email");
        Assert.Equal("[]", (await desk.Admin.GetAsync(list)).Text);
    }

    [Fact]
    [Contract("audience 6", "audience 2.3")]
    public async Task Only_admins_change_the_recipients_of_the_newest_version_and_there_are_50_at_most()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = $"/v1/datasources/{await desk.AddDataSourceAsync("shop")}";
        var member = await desk.AddMemberAsync("EDIT_ALL_TRAITS");
        for (var number = 1; number <= 50; number++)
            await desk.Admin.SendAsync(HttpMethod.Put, $"{source}/inbound-mailing-list/a{number}@example.com", null);

        var full = await desk.Admin.SendAsync(HttpMethod.Put, source + "/inbound-mailing-list/a51@example.com", null);
        var known = await desk.Admin.SendAsync(HttpMethod.Put, source + "/inbound-mailing-list/a50@example.com", null);
        var forbidden = await member.SendAsync(HttpMethod.Delete, source + "/inbound-mailing-list/a1@example.com", null);
        var stale = await desk.Admin.SendAsync(HttpMethod.Delete, source + "/inbound-mailing-list/a1@example.com", null, ("If-Match", "\"1\""));

        CatalogueDesk.AssertRefused(full, HttpStatusCode.BadRequest, "resource_limit_exceeded", "50");
        Assert.Equal(HttpStatusCode.OK, known.Status);
        CatalogueDesk.AssertRefused(forbidden, HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(stale, HttpStatusCode.PreconditionFailed, "precondition_failed");
        Assert.Equal(50, known.Json.AsArray().Count);
        Assert.DoesNotContain("inboundMailingList", (await desk.Admin.GetAsync(source)).Text, StringComparison.Ordinal);
    }
}
