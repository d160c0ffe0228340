using Sluice.Tests.Doubles;

[assembly: AssemblyFixture(typeof(TestServers))]

namespace Sluice.Tests.Doubles;

/// <summary>Lives as long as the test run and stops the servers that tests started.</summary>
public sealed class TestServers : IAsyncLifetime
{
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await PostgresServer.StopSharedAsync();
}
