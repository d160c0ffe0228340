using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>The built program as a process of its own, which can be asked to stop, killed, or have its power cut.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private const string Announcement = "Sluice listens on ";
    private const int KeptLines = 2_000;
    private const int ShownLines = 60;
    private const int SigTerm = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();
    private readonly TaskCompletionSource<string?> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it said last, for the message of a failed test.</summary>
    public string LastLines
    {
        get
        {
            lock (_lastLines)
                return string.Join('\n', _lastLines.TakeLast(ShownLines));
        }
    }

    /// <summary>Whether a line of its log has that in it.</summary>
    public bool HasSaid(string text)
    {
        lock (_lastLines)
            return _lastLines.Any(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Starts <c>serve</c> on a free loopback port; <paramref name="settings"/> are <c>Section:Key=value</c>.</summary>
    public static ServerProcess Start(string folder, IEnumerable<string> settings, IReadOnlyDictionary<string, string> environment, string urls = "http://127.0.0.1:0")
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "Sluice.dll"), "serve", "--urls", urls, "--data", folder];
        foreach (var argument in arguments.Concat(settings.Select(setting => "--" + setting)))
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // a killed process would leave its diagnostics sockets in the temporary folder
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ServerProcess(start);
    }

    /// <summary>Waits until it serves and returns its address; null when the process ended before.</summary>
    public async Task<string?> ReadyAsync()
    {
        var ended = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAny(_address.Task, ended).WaitAsync(Patience, TestContext.Current.CancellationToken);
        if (!_address.Task.IsCompleted || await _address.Task is not { } address)
            return null;

        using var http = new HttpClient(new SocketsHttpHandler()) { Timeout = Patience };
        try
        {
            using var response = await http.GetAsync(address + "/health/ready", TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
            return address;
        }
        catch (Exception failure) when (failure is HttpRequestException { StatusCode: null } or SocketException)
        {
            return null;
        }
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed by the process.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGTERM: the polite way, as an operator or a container host stops it.</summary>
    public void Terminate() => _ = Signal(_process.Id, SigTerm);

    /// <summary>Waits until it is gone and returns its exit code; 128 and the signal's number when a signal ended it.</summary>
    public async Task<int> EndedAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            _address.TrySetResult(null);
            return;
        }
        if (line.StartsWith(Announcement, StringComparison.Ordinal))
            _address.TrySetResult(line[Announcement.Length..]);
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > KeptLines)
                _lastLines.Dequeue();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
