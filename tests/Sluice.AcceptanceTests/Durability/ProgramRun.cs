using System.Diagnostics;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A run of a verb of the built program, in a process of its own that can be killed.</summary>
internal sealed class ProgramRun : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ProgramRun(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    internal static ProgramRun Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Sluice.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new ProgramRun(Process.Start(start)!);
    }

    /// <summary>What it reads.</summary>
    internal Stream Input => _process.StandardInput.BaseStream;

    /// <summary>The most memory it held, in bytes.</summary>
    internal long PeakBytes { get; private set; }

    /// <summary>SIGKILL.</summary>
    internal void Kill() => _process.Kill();

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
        return (_process.ExitCode, await _output, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
