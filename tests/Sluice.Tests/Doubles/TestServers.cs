using Sluice.Tests.Doubles;

[assembly: AssemblyFixture(typeof(TestServers))]

namespace Sluice.Tests.Doubles;

/// <summary>Lives as long as the test run, stops the servers that tests started and deletes what houses were copied from.</summary>
public sealed class TestServers : IAsyncLifetime
{
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await HouseTemplate.DeleteAllAsync();
        await PostgresServer.StopSharedAsync();
    }
}
