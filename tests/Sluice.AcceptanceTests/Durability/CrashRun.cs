using System.Diagnostics;
using System.Net.Sockets;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>Rounds of load on one folder, each ended by force, and the audit after the last.</summary>
public sealed class CrashRun : IDisposable
{
    private static readonly TimeSpan LandingPatience = TimeSpan.FromMinutes(2);

    private readonly Senders _senders;
    private readonly Dictionary<string, int> _seenBatches = [];

    public CrashRun(House house)
    {
        House = house;
        _senders = new Senders(house, Ledger);
    }

    public House House { get; }

    public Ledger Ledger { get; } = new();

    public Senders Senders => _senders;

    /// <summary>Starts a server, loads it, and calls <paramref name="end"/> once the load is on; returns when the server is gone.</summary>
    /// <returns>How it went, in one line.</returns>
    public async Task<string> RoundAsync(IReadOnlyDictionary<string, string> environment, Func<ServerProcess, Task> end)
    {
        var before = (Told: Acknowledged, Sent: Ledger.Count);
        await using var server = House.Start(environment);
        var ending = end(server);
        var stage = await LoadAsync(server);
        await ending;
        var exitCode = await server.EndedAsync();
        Assert.True(exitCode == 137, $"The server was not killed but ended with {exitCode}:\n{server.LastLines}");
        return $"ended {stage}, {Acknowledged - before.Told} of {Ledger.Count - before.Sent} messages acknowledged";
    }

    /// <summary>Starts a last server, waits until everything has landed, and compares.</summary>
    public async Task<Audit> AuditAsync()
    {
        await using var server = House.Start();
        var address = await server.ReadyAsync();
        Assert.True(address is not null, $"The server did not start again:\n{server.LastLines}");
        using var api = await House.SignInAsync(address);
        var audit = await AuditAsync(address, api);
        server.Terminate();
        Assert.True(await server.EndedAsync() == 0, $"The server did not end well:\n{server.LastLines}");
        return audit;
    }

    /// <summary>Compares on a server that is running and that nobody sends to any more.</summary>
    public async Task<Audit> AuditAsync(string address, HttpClient api)
    {
        // Landing keeps the journal's order, so when the last message sent has landed, all have.
        var datasetId = await House.FurnishAsync(api);
        var last = await _senders.SendOnceAsync(address, datasetId);
        Assert.True(last >= 0, "The last request was not acknowledged");
        var landed = new LandedFiles();
        var waiting = Stopwatch.StartNew();
        await landed.ReadNewAsync(api);
        while (landed.TimesGood(last) == 0 && waiting.Elapsed < LandingPatience)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            await landed.ReadNewAsync(api);
        }

        foreach (var lost in await House.FindLostDatasetsAsync(api))
            Ledger.Surprise($"dataset {lost} was acknowledged and is lost");
        var batches = await LandedFiles.ListAsync(api);
        foreach (var (batch, records) in _seenBatches.Where(seen => batches.GetValueOrDefault(seen.Key) != seen.Value))
            Ledger.Surprise($"batch {batch} with {records} records was listed before, and now has {batches.GetValueOrDefault(batch)}");
        return Audit.Of(Ledger, landed);
    }

    /// <summary>What was seen to have landed does not count any more: the folder is a copy from before.</summary>
    public void ForgetBatches() => _seenBatches.Clear();

    public void Dispose() => House.Dispose();

    private int Acknowledged => Ledger.Told(MessageFate.Accepted) + Ledger.Told(MessageFate.Refused);

    private async Task<string> LoadAsync(ServerProcess server)
    {
        if (await server.ReadyAsync() is not { } address)
            return "while starting";
        try
        {
            using var api = await House.SignInAsync(address);
            await NoteBatchesAsync(api);
            var datasetId = await House.FurnishAsync(api);
            await Task.WhenAll(_senders.RunAsync(address, datasetId, CancellationToken.None), WatchAsync(api));
            return "under load";
        }
        catch (Exception failure) when (failure is HttpRequestException { StatusCode: null } or SocketException)
        {
            return "while being furnished";
        }
    }

    // What a client has once seen landed must stay landed.
    private async Task WatchAsync(HttpClient api)
    {
        try
        {
            while (true)
            {
                await NoteBatchesAsync(api);
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException { StatusCode: null } or SocketException)
        {
            // The server is gone.
        }
    }

    private async Task NoteBatchesAsync(HttpClient api)
    {
        foreach (var (batch, records) in await LandedFiles.ListAsync(api))
            _seenBatches[batch] = records;
    }
}
