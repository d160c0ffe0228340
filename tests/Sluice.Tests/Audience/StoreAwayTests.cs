using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Hosting;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>What the Audience API says when it cannot serve: contract audience.md 1.4, Ruling 5.</summary>
public sealed class StoreAwayTests
{
    [Fact]
    [Contract("audience 1.4")]
    public async Task A_database_that_cannot_be_written_refuses_writes_only_and_keeps_nothing_of_them()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        await using var other = new SqliteConnection($"Data Source={Path.Combine(desk.House.Folder, "production/metadata.db")};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var locking = other.CreateCommand();
        locking.CommandText = "begin exclusive";
        await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var write = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/datasources/{source}", """{"name":"lost"}""");
        var read = await desk.Admin.GetAsync($"/v1/datasources/{source}");
        locking.CommandText = "rollback";
        await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var after = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/datasources/{source}", """{"description":"written"}""");

        CatalogueDesk.AssertRefused(write, HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.NotNull(write.Headers.RetryAfter);
        Assert.Equal("shop", (string)read.Json["name"]!);
        Assert.Equal(("shop", "written"), ((string)after.Json["name"]!, (string)after.Json["description"]!));
    }

    [Fact]
    [Contract("audience Ruling 5")]
    [Statement("B65")]
    public async Task A_fault_of_ours_says_server_error_and_names_no_secret()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new SafeHeaders(TimeSpan.Zero));
        await using var app = builder.Build();
        app.UseRouting();
        app.UseFaultAnswers();
        app.MapGet("/v1/faulty", Fault);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };

        using var answer = await http.GetAsync("/v1/faulty", TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.InternalServerError, "Server Error"), (answer.StatusCode, answer.ReasonPhrase));
        Assert.StartsWith("""{"code":"server_error","message":"A fault of ours""", body, StringComparison.Ordinal);
        Assert.DoesNotContain("what only the log", body, StringComparison.Ordinal);
        await app.StopAsync(TestContext.Current.CancellationToken);

        static string Fault() => throw new InvalidOperationException("what only the log may know");
    }
}
