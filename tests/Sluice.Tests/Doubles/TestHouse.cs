using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Sluice.Hosting;

namespace Sluice.Tests.Doubles;

/// <summary>The real program in this process: on a free port, with its data in a temporary folder, spoken to over real sockets.</summary>
public sealed class TestHouse : IAsyncDisposable
{
    private readonly SluiceServer _server;
    private readonly bool _ownsFolder;

    private TestHouse(SluiceServer server, string folder, bool ownsFolder)
    {
        _server = server;
        Folder = folder;
        _ownsFolder = ownsFolder;
        Address = server.Addresses[0];
        Http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(Address) };
        Credentials = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "credentials.json")))!;
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>Everywhere it listens, in the order it was told.</summary>
    internal IReadOnlyList<string> Addresses => _server.Addresses;

    public string Folder { get; }

    /// <summary>A client that is not signed in.</summary>
    public HttpClient Http { get; }

    public JsonNode Credentials { get; }

    public string OrgId => Credentials["orgId"]!.GetValue<string>();

    public string TenantId => Credentials["tenantId"]!.GetValue<string>();

    /// <summary>What it is made of.</summary>
    internal IServiceProvider Services => _server.Services;

    /// <summary>Every route that it serves.</summary>
    internal IEnumerable<RouteEndpoint> Routes => _server.Endpoints.OfType<RouteEndpoint>();

    /// <summary>Starts a house of its own for a test; <paramref name="settings"/> are <c>Section:Key=value</c>.</summary>
    public static Task<TestHouse> StartAsync(StoreKind kind = StoreKind.Sqlite, params string[] settings) => StartAsync(new ServerSettings(), kind, settings);

    /// <summary>Starts a house of its own whose time is that of <paramref name="clock"/>.</summary>
    internal static Task<TestHouse> StartAsync(StoreKind kind, TimeProvider? clock, params string[] settings) =>
        StartAsync(new ServerSettings { Clock = clock }, kind, settings);

    /// <summary>Starts a house of its own with what settings cannot say: other addresses, or a log to read.</summary>
    internal static async Task<TestHouse> StartAsync(ServerSettings beside, StoreKind kind = StoreKind.Sqlite, params string[] settings)
    {
        if (!HouseTemplate.Suits(beside, settings))
            return await StartEmptyAsync(beside, kind, settings);
        var folder = NewFolder();
        return await StartInAsync(folder, true, [.. await HouseTemplate.CopyAsync(kind, folder), .. settings], beside);
    }

    /// <summary>Starts a house of its own that goes through its first start: no template of it is copied.</summary>
    internal static Task<TestHouse> StartEmptyAsync(StoreKind kind = StoreKind.Sqlite) => StartEmptyAsync(new ServerSettings(), kind, []);

    /// <summary>Starts a house on a folder that is there already: on what a house left there; an empty one begins as every house does.</summary>
    public static Task<TestHouse> StartInAsync(string folder, params string[] settings) => StartInAsync(folder, new ServerSettings(), settings);

    /// <summary>The same in the time of <paramref name="clock"/>.</summary>
    internal static Task<TestHouse> StartInAsync(string folder, TimeProvider clock, params string[] settings) =>
        StartInAsync(folder, new ServerSettings { Clock = clock }, settings);

    /// <summary>The same where it listened before, for those who know its address.</summary>
    internal static Task<TestHouse> StartAgainAsync(string folder, string address) =>
        StartInAsync(folder, new ServerSettings { Urls = address }, []);

    /// <summary>Starts a house on an empty folder that goes through its first start there.</summary>
    internal static Task<TestHouse> StartEmptyInAsync(string folder, params string[] settings) => StartInAsync(folder, false, settings);

    /// <summary>Gets a token for the API client.</summary>
    public async Task<string> TokenAsync()
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = Credentials["client"]!["clientId"]!.GetValue<string>(),
            ["client_secret"] = Credentials["client"]!["clientSecret"]!.GetValue<string>(),
        });
        using var response = await Http.PostAsync("/ims/token/v3", form, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["access_token"]!.GetValue<string>();
    }

    /// <summary>A client that is signed in, which speaks JSON.</summary>
    public async Task<ApiClient> SignInAsync() => new(Address, await TokenAsync());

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }

    private static async Task<TestHouse> StartEmptyAsync(ServerSettings beside, StoreKind kind, string[] settings)
    {
        string[] all = kind == StoreKind.Postgres ? [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}", .. settings] : settings;
        return await StartInAsync(NewFolder(), true, all, beside);
    }

    private static async Task<TestHouse> StartInAsync(string folder, ServerSettings beside, string[] settings)
    {
        if (HouseTemplate.Suits(beside, settings) && !Directory.EnumerateFileSystemEntries(folder).Any())
            await HouseTemplate.CopyAsync(StoreKind.Sqlite, folder);
        return await StartInAsync(folder, false, settings, beside);
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("sluice-house-").FullName;

    private static async Task<TestHouse> StartInAsync(string folder, bool ownsFolder, string[] settings, ServerSettings? beside = null)
    {
        var overrides = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Collection:BatchWindow"] = "00:00:00.1",
            ["Audience:EventWait"] = "00:00:30", // until it is applied, however busy the machine
            ["Journal:SegmentBytes"] = (16 << 20).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        foreach (var setting in settings)
            overrides[setting[..setting.IndexOf('=')]] = setting[(setting.IndexOf('=') + 1)..];
        var server = await SluiceServer.StartAsync(
            (beside ?? new ServerSettings()) with { Urls = beside?.Urls ?? "http://127.0.0.1:0", Data = folder, Overrides = overrides, QuietConsole = true },
            CancellationToken.None);
        return new TestHouse(server, folder, ownsFolder);
    }
}
