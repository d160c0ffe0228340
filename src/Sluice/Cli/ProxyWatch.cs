namespace Sluice.Cli;

/// <summary>Deploys a folder again whenever a file in it is saved, until it is told to stop.</summary>
internal static class ProxyWatch
{
    // Editors save in several steps: what comes within this time is one change.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    internal static async Task<int> RunAsync(BundleFolder bundle, ProxiesCommand.ProxyPlace place, CancellationToken cancellation)
    {
        if (bundle.IsArchive)
            throw new InvalidDataException($"{bundle.Path} is an archive; a folder can be watched");
        using var changed = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(Path.Combine(bundle.Path, bundle.Root)) { IncludeSubdirectories = true };
        watcher.Changed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.Deleted += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.Error += (_, _) => changed.Release(); // too many changes at once: the folder is read whole anyway
        watcher.EnableRaisingEvents = true;

        byte[] sent = [];
        string? served = null;
        try
        {
            while (true)
            {
                (sent, served) = await SendAsync(bundle, place, sent, served, cancellation);
                await changed.WaitAsync(cancellation);
                do
                    await Task.Delay(Pause, cancellation);
                while (await changed.WaitAsync(0, cancellation));
            }
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    // What is refused stays out, and what was deployed before goes on being served.
    private static async Task<(byte[] Sent, string? Served)> SendAsync(BundleFolder bundle, ProxiesCommand.ProxyPlace place, byte[] sent, string? served, CancellationToken cancellation)
    {
        try
        {
            var zip = bundle.Zip();
            if (zip.AsSpan().SequenceEqual(sent))
                return (sent, served);
            if (await place.ImportAsync(bundle, zip, cancellation) is not { } revision)
                return (zip, served);
            var isServed = await place.DeployAsync(bundle, revision, cancellation);
            if ((isServed ? served : revision) is { } unused)
                await place.DeleteAsync(bundle, unused, cancellation);
            return (zip, isServed ? revision : served);
        }
        catch (Exception failure) when (ServerConnection.IsFault(failure) && !cancellation.IsCancellationRequested)
        {
            // A file that is being written, a server that restarts: the next save tries again.
            await place.Output.WriteLineAsync($"{place.Name}: not deployed: {failure.Message}");
            return (sent, served);
        }
    }
}
