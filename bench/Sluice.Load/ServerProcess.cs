using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Load;

/// <summary>A child process that serves on a free port of this machine, and ends with this object.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    internal Uri Address { get; }

    /// <summary>Memory that the process and those it started hold now, in bytes; what they share counts for each.</summary>
    internal long ResidentBytesWithChildren => ResidentBytes + Process.GetProcesses().Where(one => ParentOf(one.Id) == _process.Id).Sum(one => one.WorkingSet64);

    /// <summary>Memory the process holds now, in bytes.</summary>
    internal long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a bare Kestrel that drains bodies.</summary>
    internal static Task<ServerProcess> StartDrainAsync(HttpClient http, CancellationToken cancellation) =>
        StartAsync(http, "/", address => [typeof(ServerProcess).Assembly.Location, "drain", "--url", address], cancellation);

    /// <summary>Starts Sluice as it was built beside this program, in the same configuration.</summary>
    internal static Task<ServerProcess> StartSluiceAsync(HttpClient http, string folder, string[] settings, CancellationToken cancellation) =>
        StartAsync(http, "/health/ready", address => [SluicePath(), "serve", "--urls", address, "--data", folder, .. settings], cancellation);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<ServerProcess> StartAsync(
        HttpClient http, string readyPath, Func<string, string[]> arguments, CancellationToken cancellation)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        return await StartAsync(http, "dotnet", address, readyPath, arguments(address), cancellation);
    }

    /// <summary>Starts another program that serves on an address, in the foreground.</summary>
    internal static async Task<ServerProcess> StartAsync(HttpClient http, string program, string address, string readyPath, string[] arguments, CancellationToken cancellation)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine(); // read and dropped: a full pipe would stop the server
        var server = new ServerProcess(process, new Uri(address));
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(server.Address, readyPath), cancellation);
                return server;
            }
            catch (HttpRequestException) when (patience.Elapsed < StartPatience && !process.HasExited)
            {
                await Task.Delay(100, cancellation);
            }
        }
    }

    private static int ParentOf(int process)
    {
        try
        {
            // Behind the name in parentheses: state, then the parent.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has ended
        }
    }

    // artifacts/bin/Sluice.Load/release/Sluice.Load.dll and artifacts/bin/Sluice/release/Sluice.dll
    internal static string SluicePath()
    {
        var own = new FileInfo(typeof(ServerProcess).Assembly.Location);
        var path = Path.Combine(own.Directory!.Parent!.Parent!.FullName, "Sluice", own.Directory.Name, "Sluice.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"Build Sluice in the same configuration first: {path} is not there.");
    }

    internal static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
