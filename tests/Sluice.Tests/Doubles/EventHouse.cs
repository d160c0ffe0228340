using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Access;
using Sluice.Audience;
using Sluice.Audience.Events;
using Sluice.Storage;

namespace Sluice.Tests.Doubles;

/// <summary>The answer to an event call.</summary>
internal sealed record EventReply(HttpStatusCode Status, string ContentType, string Text, HttpResponseHeaders Headers)
{
    internal JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The codes in the header, which every answer has where something is wrong.</summary>
    internal string Codes => Headers.TryGetValues("X-Error", out var codes) ? string.Join(' ', codes) : "";

    /// <summary>What is sent to be kept, one cookie each.</summary>
    internal IReadOnlyList<string> Cookies => Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : [];
}

/// <summary>The Audience door with a <see cref="FakeEngine"/> behind a real listener, and what a test needs to make objects and send event calls.</summary>
internal sealed class EventHouse : IAsyncDisposable
{
    internal const string Device = "22920112968019678612904394744954398990";

    private readonly WebApplication _app;
    private readonly Installation _installation;
    private readonly AccessRuntime _access;
    private readonly AudienceRuntime _audience;
    private readonly string _folder;
    private readonly HttpClient _http;

    private EventHouse(WebApplication app, Installation installation, AccessRuntime access, AudienceRuntime audience, string folder, FakeEngine engine)
    {
        (_app, _installation, _access, _audience, _folder, Engine) = (app, installation, access, audience, folder, engine);
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(Address) };
    }

    internal FakeEngine Engine { get; }

    internal string Address { get; }

    internal string OrgId => _access.Organisation.OrgId;

    /// <summary>Everything that was logged.</summary>
    internal required LogBook Log { get; init; }

    /// <summary>Speaks the REST API as an admin.</summary>
    internal ApiClient Admin { get; private set; } = null!;

    internal static async Task<EventHouse> StartAsync(StoreKind kind = StoreKind.Sqlite, AudienceOptions? options = null, TimeProvider? clock = null)
    {
        var (folder, engine, log) = (Directory.CreateTempSubdirectory("sluice-events-").FullName, new FakeEngine(), new LogBook());
        var cancellation = TestContext.Current.CancellationToken;
        var postgres = kind == StoreKind.Postgres ? await PostgresServer.NewDatabaseAsync() : null;
        var installation = Installation.Open(new StorageOptions { Data = folder, Postgres = postgres, Environments = ["beta"] });
        clock ??= TimeProvider.System;
        var access = await AccessRuntime.OpenAsync(installation, new AccessOptions(), null, clock, cancellation);
        var audience = await AudienceRuntime.OpenAsync(
            [.. installation.Environments.Select(environment => new AudienceSource(environment, null))], access, options ?? new AudienceOptions(), clock, NullLogger<AudienceRuntime>.Instance, cancellation);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(clock).AddAccess(access).AddAudience(audience, options ?? new AudienceOptions());
        builder.Services.AddSingleton<Func<AudienceEnvironment, EventEngine>>(engine.Of);
        var app = builder.Build();
        app.MapAccess();
        app.MapAudience();
        await app.StartAsync(cancellation);
        var house = new EventHouse(app, installation, access, audience, folder, engine) { Log = log };
        await house.SignInAsync();
        return house;
    }

    /// <summary>Sends a call with its query exactly as it is written; headers are <c>Name: value</c>.</summary>
    internal Task<EventReply> GetAsync(string path, params string[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    /// <summary>The same as a form, as it is written.</summary>
    internal Task<EventReply> PostAsync(string path, string form, params string[] headers) =>
        SendAsync(HttpMethod.Post, path, new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"), headers);

    internal async Task<EventReply> SendAsync(HttpMethod method, string path, HttpContent? body, params string[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Content = body;
        foreach (var header in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var fault = ApiDescription.FaultOf(method.Method, path.Split('?')[0], response, text);
        Assert.True(fault is null, fault);
        return new EventReply(response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", text, response.Headers);
    }

    /// <summary>Makes an object, which must go well, and returns the member that is its id.</summary>
    internal async Task<long> AddAsync(string path, string body, string id)
    {
        var made = await Admin.PostTextAsync(path, body);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json[id]!.GetValue<long>();
    }

    internal Task<long> AddSourceAsync(string more = "") => AddAsync("/v1/datasources/", $$"""{"name":"shop"{{more}}}""", "dataSourceId");

    internal Task<long> AddTraitAsync(long source, string rule) => AddAsync(
        "/v1/traits/", new JsonObject { ["name"] = "t", ["traitType"] = "RULE_BASED_TRAIT", ["dataSourceId"] = source, ["folderId"] = 0, ["traitRule"] = rule }.ToJsonString(), "sid");

    internal Task<long> AddSegmentAsync(long source, long trait) =>
        AddAsync("/v1/segments/", $$"""{"name":"s","segmentRule":"{{trait}}T","dataSourceId":{{source}},"folderId":0}""", "sid");

    /// <summary>Maps a segment; <paramref name="more"/> are the members that the destination's type wants.</summary>
    internal Task<long> MapAsync(long destination, long segment, string more, string startDate = "2020-01-01") => AddAsync(
        $"/v1/destinations/{destination}/mappings/", $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"{{startDate}}",{{more}}}""", "mappingId");

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _audience.DisposeAsync();
        await _access.DisposeAsync();
        await _installation.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SignInAsync()
    {
        var client = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "credentials.json"), TestContext.Current.CancellationToken))!["client"]!;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = client["clientId"]!.GetValue<string>(),
            ["client_secret"] = client["clientSecret"]!.GetValue<string>(),
        });
        using var response = await _http.PostAsync("/ims/token/v3", form, TestContext.Current.CancellationToken);
        Admin = new ApiClient(Address, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["access_token"]!.GetValue<string>());
    }
}
