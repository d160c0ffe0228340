using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A run of a verb of the built program, in a process of its own that can be interrupted or killed.</summary>
internal sealed class ProgramRun : IAsyncDisposable
{
    internal const int SigInt = 2;
    internal const int SigTerm = 15;

    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Task _output;
    private readonly Task<string> _error;

    private ProgramRun(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start)!;
        _output = ListenAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    internal static ProgramRun Start(params string[] arguments) => StartProgram("Sluice.dll", arguments);

    /// <summary>The same for another program beside the tests.</summary>
    internal static ProgramRun StartProgram(string program, params string[] arguments) => new(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments]));

    /// <summary>The same as somebody types it who has <c>sluice</c> on the path: the shell makes way for the program, so signals reach it.</summary>
    internal static ProgramRun StartShell(string command, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var program = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "Sluice.dll")}'";
        var start = new ProcessStartInfo("bash", ["-c", "exec " + program + command["sluice".Length..]]) { WorkingDirectory = folder };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ProgramRun(start);
    }

    /// <summary>What it reads.</summary>
    internal Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it has said on standard output until now.</summary>
    internal string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>The most memory it held, in bytes.</summary>
    internal long PeakBytes { get; private set; }

    /// <summary>SIGKILL.</summary>
    internal void Kill() => _process.Kill();

    /// <summary>SIGINT, as Ctrl+C sends it, or SIGTERM.</summary>
    internal void Interrupt(int signal = SigInt) => _ = Signal(_process.Id, signal);

    internal bool HasEnded => _process.HasExited;

    internal void NotePeak()
    {
        if (_process.HasExited)
            return;
        _process.Refresh();
        PeakBytes = Math.Max(PeakBytes, _process.WorkingSet64);
    }

    internal async Task<(int Code, string Output, string Error)> EndedAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _output;
        return (_process.ExitCode, Said, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        var piece = new char[4096];
        while (await _process.StandardOutput.ReadAsync(piece) is > 0 and var count)
        {
            lock (_said)
                _said.Append(piece, 0, count);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
