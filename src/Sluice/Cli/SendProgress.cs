using System.Diagnostics;
using System.Globalization;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>Shows how far a sending is: one line that is drawn over on a terminal, now and then a line elsewhere.</summary>
internal sealed class SendProgress : IAsyncDisposable
{
    private const int BarWidth = 24;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Report = TimeSpan.FromSeconds(10);

    private readonly FileUpload _upload;
    private readonly TextWriter _error;
    private readonly bool _isTerminal;
    private readonly CancellationTokenSource _end = new();
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly Task _drawing;

    private SendProgress(FileUpload upload, TextWriter error, bool isShown)
    {
        _upload = upload;
        _error = error;
        _isTerminal = !Console.IsErrorRedirected;
        _drawing = isShown ? DrawAsync() : Task.CompletedTask;
    }

    internal static SendProgress Start(FileUpload upload, TextWriter error, bool isShown) => new(upload, error, isShown);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _drawing;
        _end.Dispose();
    }

    /// <summary>The line: what is decided, never what is only sent.</summary>
    internal static string Line(UploadProgress progress, TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? (progress.Accepted + progress.Rejected - progress.Earlier) / elapsed.TotalSeconds : 0;
        var share = progress.TotalBytes is { } total ? (total == 0 ? 1 : Math.Min(1, (double)progress.Bytes / total)) : (double?)null;
        var filled = (int)((share ?? 0) * BarWidth);
        var bar = share is null ? "" : string.Create(CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {share:P0}  ");
        var left = progress.TotalBytes is { } whole ? string.Create(CultureInfo.InvariantCulture, $" of {whole / 1e6:N1}") : "";
        return bar + string.Create(
            CultureInfo.InvariantCulture, $"{progress.Accepted:N0} accepted, {progress.Rejected:N0} rejected  {rate:N0}/s  {progress.Bytes / 1e6:N1}{left} MB")
            + (progress.Trouble is { } trouble ? $"  waiting: {trouble}" : "");
    }

    private async Task DrawAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(_isTerminal ? Redraw : Report);
            while (await timer.WaitForNextTickAsync(_end.Token))
                await ShowAsync();
        }
        catch (OperationCanceledException)
        {
            if (_isTerminal)
            {
                await ShowAsync();
                await _error.WriteLineAsync();
            }
        }
    }

    private Task ShowAsync()
    {
        var line = Line(_upload.Progress, Stopwatch.GetElapsedTime(_startedAt));
        if (!_isTerminal)
            return _error.WriteLineAsync(line);
        var width = Math.Max(20, Console.WindowWidth - 1);
        return _error.WriteAsync("\r" + (line.Length > width ? line[..width] : line.PadRight(width)));
    }
}
