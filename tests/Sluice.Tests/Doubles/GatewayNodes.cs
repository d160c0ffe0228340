namespace Sluice.Tests.Doubles;

/// <summary>Two nodes of one installation on PostgreSQL, each with a desk.</summary>
internal sealed class GatewayNodes : IAsyncDisposable
{
    private readonly DirectoryInfo[] _folders;

    private GatewayNodes(GatewayDesk one, GatewayDesk two, params DirectoryInfo[] folders) => (One, Two, _folders) = (one, two, folders);

    internal GatewayDesk One { get; }

    internal GatewayDesk Two { get; }

    internal static async Task<GatewayNodes> StartAsync(params string[] more)
    {
        string[] settings = [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}", "Gateway:AllowLoopbackTargets=true", .. more];
        DirectoryInfo first = Directory.CreateTempSubdirectory("sluice-node-"), second = Directory.CreateTempSubdirectory("sluice-node-");
        var one = await GatewayDesk.OfAsync(await TestHouse.StartInAsync(first.FullName, settings));
        File.Copy(Path.Combine(first.FullName, "credentials.json"), Path.Combine(second.FullName, "credentials.json"));
        return new GatewayNodes(one, await GatewayDesk.OfAsync(await TestHouse.StartInAsync(second.FullName, settings)), first, second);
    }

    public async ValueTask DisposeAsync()
    {
        await Two.DisposeAsync();
        await One.DisposeAsync();
        foreach (var folder in _folders)
            folder.Delete(recursive: true);
    }
}
