using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Deliveries;

/// <summary>A house whose clock a test may shift, with a data source of a partner, the trait <c>product==12</c> and a segment of it.</summary>
internal sealed class DeliveryHouse : IAsyncDisposable
{
    internal const string Device = "22920112968019678612904394744954398990";

    private static readonly string[] Settings = ["Audience:AllowLoopbackTargets=true", "Audience:DeliveryRetryBase=00:00:00.050", "Audience:EventWait=00:00:10", "Access:TokenLifetime=7.00:00:00"];

    private readonly DirectoryInfo _folder;
    private readonly string[] _settings;

    private DeliveryHouse(CatalogueDesk desk, ShiftedClock clock, DirectoryInfo folder, string[] settings) => (Desk, Clock, _folder, _settings) = (desk, clock, folder, settings);

    internal CatalogueDesk Desk { get; private set; }

    internal ShiftedClock Clock { get; }

    internal ApiClient Admin => Desk.Admin;

    internal long Source { get; private set; }

    internal long Trait { get; private set; }

    internal long Segment { get; private set; }

    internal static async Task<DeliveryHouse> StartAsync(StoreKind kind, params string[] more)
    {
        var (clock, folder) = (new ShiftedClock(), Directory.CreateTempSubdirectory("sluice-deliveries-"));
        string[] settings = [.. Settings, .. more, .. await HouseTemplate.CopyAsync(kind, folder.FullName)];
        var house = new DeliveryHouse(await OpenAsync(folder, clock, settings), clock, folder, settings);
        house.Source = CatalogueDesk.Id(await house.Desk.AddAsync("/v1/datasources/", """{"name":"crm","masterDataSourceIdProvider":true}"""), "dataSourceId");
        house.Trait = await house.Desk.AddTraitAsync(house.Source);
        house.Segment = await house.Desk.AddSegmentAsync(house.Source, house.Trait);
        return house;
    }

    /// <summary>Stops the house and starts it again on what it left.</summary>
    internal async Task RestartAsync()
    {
        await Desk.DisposeAsync();
        Desk = await OpenAsync(_folder, Clock, _settings);
    }

    /// <summary>A server-to-server destination of the partner; <paramref name="more"/> are further members.</summary>
    internal async Task<long> AddDestinationAsync(PartnerServer partner, string more = "") => CatalogueDesk.Id(
        await Desk.AddAsync("/v1/destinations/", $$"""{"name":"partner","destinationType":"S2S","serverUrl":"{{partner.Url}}","dataSourceId":{{Source}}{{more}}}"""), "destinationId");

    internal async Task<long> MapAsync(long destination, string alias = "seg", long? segment = null, string more = "") => CatalogueDesk.Id(
        await Desk.AddAsync($"/v1/destinations/{destination}/mappings/",
            $$"""{"sid":{{segment ?? Segment}},"traitType":"SEGMENT","startDate":"2020-01-01","traitAlias":"{{alias}}"{{more}}}"""), "mappingId");

    /// <summary>A destination that the segment is mapped to.</summary>
    internal async Task<long> AddMappedAsync(PartnerServer partner, string more = "")
    {
        var destination = await AddDestinationAsync(partner, more);
        await MapAsync(destination);
        return destination;
    }

    /// <summary>An event of a device that the partner knows under an id.</summary>
    internal async Task<JsonNode> SendAsync(string partnerId, string device = Device, string signals = "product=12")
    {
        var link = partnerId.Length == 0 ? "" : $"&d_cid={Source}%01{partnerId}%010";
        var text = await Desk.House.Http.GetStringAsync($"/event?d_uuid={device}&{signals}{link}&d_rtbd=json&d_cts=2", TestContext.Current.CancellationToken);
        return JsonNode.Parse(text)!;
    }

    /// <summary>As many devices as wanted, each known to the partner as <c>p0</c>, <c>p1</c> and so on.</summary>
    internal async Task SendManyAsync(int from, int count)
    {
        for (var at = from; at < from + count; at++)
            await SendAsync($"p{at}", $"{at + 1:D38}");
    }

    internal async Task<JsonNode> StateAsync(long destination)
    {
        var answer = await Admin.GetAsync($"/api/sluice/v1/destinations/{destination}/deliveries");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json;
    }

    /// <summary>Waits until a destination stands as wanted.</summary>
    internal Task<JsonNode> WaitAsync(long destination, Func<JsonNode, bool> isAsWanted) => Until.SeenAsync(() => StateAsync(destination), isAsWanted);

    internal async Task PutAsync(string path, string body)
    {
        var answer = await Admin.SendAsync(HttpMethod.Put, path, body);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
    }

    public async ValueTask DisposeAsync()
    {
        await Desk.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<CatalogueDesk> OpenAsync(DirectoryInfo folder, ShiftedClock clock, string[] settings) =>
        await CatalogueDesk.OfAsync(await TestHouse.StartInAsync(folder.FullName, clock, settings));
}
