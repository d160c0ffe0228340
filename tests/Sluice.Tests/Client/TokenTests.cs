using System.Text;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Client;

/// <summary>Tokens: asked for once, renewed in time, never on disk in plain.</summary>
public sealed class TokenTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-token-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string TokenFile => Path.Combine(_folder.FullName, "token");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Many_requests_at_once_share_one_token()
    {
        await using var collector = await MoodyCollector.StartAsync();
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, new ManualClock(), requests: 16), Cancellation);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(one => producer.SendAsync(MoodyCollector.Message($"m{one}"), Cancellation)));

        Assert.Equal(1, collector.Tokens);
        Assert.All(collector.Requests, request => Assert.Equal("Bearer token-1", request.Token));
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends()
    {
        var clock = new ManualClock();
        await using var collector = await MoodyCollector.StartAsync();
        collector.TokenLifetimeSeconds = 3_600;
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, clock), Cancellation);

        await producer.SendAsync(MoodyCollector.Message("a"), Cancellation);
        clock.Advance(TimeSpan.FromSeconds(3_539));
        await producer.SendAsync(MoodyCollector.Message("b"), Cancellation);
        clock.Advance(TimeSpan.FromSeconds(1));
        await producer.SendAsync(MoodyCollector.Message("c"), Cancellation);

        Assert.Equal(["Bearer token-1", "Bearer token-1", "Bearer token-2"], collector.Requests.Select(request => request.Token));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_token_that_is_not_taken_is_thrown_away_and_a_new_one_asked_for_once(int status)
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (_, request) => request.Ids.Contains("b") || request.Token == "Bearer token-1" ? Whim.Of(status) : Whim.None;
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, new ManualClock()), Cancellation);

        var renewed = await producer.SendAsync(MoodyCollector.Message("a"), Cancellation);
        var refused = await producer.SendAsync(MoodyCollector.Message("b"), Cancellation);

        Assert.Equal(MessageOutcome.Accepted, renewed.Outcome);
        Assert.Equal((MessageOutcome.Refused, status), (refused.Outcome, refused.Status));
        Assert.Equal(["token-1", "token-2", "token-2", "token-3"], collector.Requests.Select(request => request.Token!["Bearer ".Length..]));
    }

    [Fact]
    public async Task A_wrong_secret_refuses_the_message_with_the_servers_words_and_shows_it_nowhere()
    {
        using var book = new LogBook();
        await using var collector = await MoodyCollector.StartAsync();
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, new ManualClock(), secret: "wrong-secret", logger: book), Cancellation);

        var result = await producer.SendAsync(MoodyCollector.Message("a"), Cancellation);

        Assert.Equal(new MessageResult(MessageOutcome.Refused) { Status = 401, Message = "No token: no such client" }, result);
        Assert.Contains("no such client", book.Text);
        Assert.DoesNotContain("wrong-secret", book.Text);
    }

    [Fact]
    [Statement("B37")]
    public async Task The_token_file_serves_the_next_run_and_says_nothing_without_the_secret()
    {
        using var book = new LogBook();
        await using var collector = await MoodyCollector.StartAsync();
        for (var run = 0; run < 2; run++)
        {
            await using var producer = await CollectionProducer.OpenAsync(Options(collector, new ManualClock(), file: TokenFile, logger: book), Cancellation);
            await producer.SendAsync(MoodyCollector.Message("a"), Cancellation);
        }

        Assert.Equal(1, collector.Tokens);
        Assert.All(collector.Requests, request => Assert.Equal("Bearer token-1", request.Token));
        var bytes = await File.ReadAllBytesAsync(TokenFile, Cancellation);
        Assert.DoesNotContain("token-1", Encoding.Latin1.GetString(bytes));
        Assert.DoesNotContain("token-1", book.Text);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
    }

    [Fact]
    public async Task A_token_file_that_was_touched_is_not_believed()
    {
        await using var collector = await MoodyCollector.StartAsync();
        await using (var producer = await CollectionProducer.OpenAsync(Options(collector, new ManualClock(), file: TokenFile), Cancellation))
            await producer.SendAsync(MoodyCollector.Message("a"), Cancellation);
        var bytes = await File.ReadAllBytesAsync(TokenFile, Cancellation);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(TokenFile, bytes, Cancellation);

        await using (var producer = await CollectionProducer.OpenAsync(Options(collector, new ManualClock(), file: TokenFile), Cancellation))
            await producer.SendAsync(MoodyCollector.Message("b"), Cancellation);

        Assert.Equal(["Bearer token-1", "Bearer token-2"], collector.Requests.Select(request => request.Token));
    }

    private static ProducerOptions Options(
        MoodyCollector collector, TimeProvider clock, int requests = 1, string secret = "hush", string? file = null, LogBook? logger = null) => new()
        {
            Inlet = collector.Inlet,
            Clock = clock,
            Linger = TimeSpan.Zero,
            MaxRequestMessages = 1,
            MaxRequestsInFlight = requests,
            Credentials = new ClientCredentials { ClientId = "ann", ClientSecret = secret, TokenAddress = collector.TokenAddress, TokenFile = file },
            Logger = logger?.CreateLogger("client"),
        };
}
