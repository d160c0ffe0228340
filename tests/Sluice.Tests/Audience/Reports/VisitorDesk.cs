using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Reports;

/// <summary>A house whose engine applies what visitors do, an admin of its Audience API, and a clock that days pass on.</summary>
internal sealed class VisitorDesk : IAsyncDisposable
{
    internal const long DayMs = 86_400_000;

    private VisitorDesk(CatalogueDesk catalogue, ShiftedClock clock) => (Catalogue, Clock, Admin) = (catalogue, clock, catalogue.Admin);

    internal CatalogueDesk Catalogue { get; }

    internal ShiftedClock Clock { get; }

    internal ApiClient Admin { get; private set; }

    /// <summary>The UTC midnight before now, in ms since 1970.</summary>
    internal long Today => Clock.GetUtcNow().ToUnixTimeMilliseconds() / DayMs * DayMs;

    internal static async Task<VisitorDesk> StartAsync(StoreKind kind)
    {
        var clock = new ShiftedClock();
        // Far enough from midnight that no test meets it by itself.
        clock.Shift(TimeSpan.FromHours(12) - clock.GetUtcNow().TimeOfDay);
        return new VisitorDesk(await CatalogueDesk.OfAsync(await TestHouse.StartAsync(kind, clock)), clock);
    }

    /// <summary>A device's id of 38 digits.</summary>
    internal static string Device(int number) => $"{number:D38}";

    /// <summary>Sends what a visitor does, which is applied when this returns.</summary>
    internal async Task<JsonNode> VisitAsync(int device, string query)
    {
        using var answer = await Catalogue.House.Http.GetAsync($"/event?d_uuid={Device(device)}&d_rtbd=json&d_cts=2&{query}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Makes a trait of <c>product==12</c> or another rule.</summary>
    internal async Task<long> AddTraitAsync(long source, string product = "12") => CatalogueDesk.Id(await Catalogue.AddAsync(
        "/v1/traits/", $$"""{"name":"bought, {{product}}","traitType":"RULE_BASED_TRAIT","dataSourceId":{{source}},"folderId":0,"traitRule":"product=={{product}}"}"""), "sid");

    internal async Task<long> AddCrossDeviceSourceAsync(string code) => CatalogueDesk.Id(
        await Catalogue.AddAsync("/v1/datasources/", $$"""{"name":"{{code}}","idType":"CROSS_DEVICE","integrationCode":"{{code}}"}"""), "dataSourceId");

    /// <summary>Lets days pass until the engine has noticed: reports of it then have another day.</summary>
    internal async Task PassDaysAsync(int days, long anyTrait)
    {
        Clock.Shift(TimeSpan.FromDays(days));
        if (Admin != Catalogue.Admin)
            Admin.Dispose();
        Admin = await Catalogue.House.SignInAsync(); // the token before has expired
        await Until.TrueAsync(async () => (await Admin.GetAsync($"/v1/reports/traits-trend/{anyTrait}?startDate={Today}&endDate={Today}")).Json["metrics"]![$"{Today}"]!["uniques"] is not null);
    }

    public async ValueTask DisposeAsync()
    {
        if (Admin != Catalogue.Admin)
            Admin.Dispose();
        await Catalogue.DisposeAsync();
    }
}
