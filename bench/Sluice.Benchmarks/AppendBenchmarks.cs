using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;

namespace Sluice.Benchmarks;

/// <summary>
/// What an acknowledged append costs: 100 records of 1.2 KB, framed, written and flushed, by 1, 8 and 64 appenders at once. One
/// operation is one append by each appender. The folder is in the temporary directory; set TMPDIR to measure another disk.
/// </summary>
[MemoryDiagnoser]
public class AppendBenchmarks
{
    private const int Records = 100;
    private const int RecordBytes = 1200;

    private readonly byte[] _payload = new byte[RecordBytes];
    private string _folder = "";
    private EventJournal _journal = null!;
    private Task<AppendResult>[] _appends = [];

    [Params(1, 8, 64)]
    public int Appenders { get; set; }

    [GlobalSetup]
    public void Open()
    {
        new Random(1).NextBytes(_payload);
        _folder = Directory.CreateTempSubdirectory("sluice-bench-").FullName;
        var options = new JournalOptions { Folder = _folder, MaxBytes = 512L << 20 };
        _journal = EventJournal.Open(options, TimeProvider.System, NullLogger.Instance);
        _appends = new Task<AppendResult>[Appenders];
    }

    [GlobalCleanup]
    public async Task Close()
    {
        await _journal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public async Task AppendAndFlush()
    {
        for (var i = 0; i < _appends.Length; i++)
            _appends[i] = Task.Run(AppendOne);
        await Task.WhenAll(_appends);
    }

    private async Task<AppendResult> AppendOne()
    {
        using var batch = AppendBatch.Rent();
        Fill(batch, _payload);
        return await _journal.AppendAsync(batch, CancellationToken.None);
    }

    internal static void Fill(AppendBatch batch, ReadOnlySpan<byte> payload)
    {
        for (var i = 0; i < Records; i++)
        {
            batch.StartRecord();
            payload.CopyTo(batch.GetSpan(payload.Length));
            batch.Advance(payload.Length);
            batch.EndRecord();
        }
    }
}

/// <summary>The appender's own part: copying 100 payloads of 1.2 KB and taking their checksums, against the copy alone.</summary>
[MemoryDiagnoser]
public class FrameBenchmarks
{
    private readonly byte[] _payload = new byte[1200];
    private readonly byte[] _copy = new byte[100 * 1236];

    [Benchmark(Baseline = true)]
    public void CopyAlone()
    {
        for (var i = 0; i < 100; i++)
            _payload.CopyTo(_copy.AsSpan(i * 1236));
    }

    [Benchmark]
    public int FrameAndChecksum()
    {
        using var batch = AppendBatch.Rent();
        AppendBenchmarks.Fill(batch, _payload);
        return batch.Bytes;
    }
}
