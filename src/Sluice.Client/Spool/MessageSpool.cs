using Microsoft.Extensions.Logging;
using Sluice.Client.Produce;

namespace Sluice.Client.Spool;

/// <summary>A producer's messages on disk, from the moment they are taken until they are decided; survives the process.</summary>
/// <remarks>
/// Guarantees: what was appended is on disk; it is read back by whoever opens the folder next, in order, and cut into the same batches under the same
/// keys if it was cut before. One process has a folder open. After a failure of the disk see <see cref="SpoolWriter"/>.
/// </remarks>
internal sealed class MessageSpool : IAsyncDisposable
{
    private const int MaxSegmentBytes = 16 << 20;

    private readonly FileStream _lock;
    private readonly SpoolPosition _position;
    private readonly SpoolSegments _segments;
    private readonly RejectedMessages _rejected;
    private SpoolWriter? _writer;

    private MessageSpool(FileStream @lock, SpoolPosition position, SpoolRecovery recovered, SpoolSegments segments, RejectedMessages rejected)
    {
        _lock = @lock;
        _position = position;
        _segments = segments;
        _rejected = rejected;
        Recovered = recovered;
    }

    /// <summary>What was there when it was opened.</summary>
    internal SpoolRecovery Recovered { get; }

    internal long DecidedBelow => _position.Below;

    /// <exception cref="SpoolException">Another process has the folder, or it is damaged.</exception>
    internal static MessageSpool Open(SpoolOptions options, TimeProvider clock, ILogger logger)
    {
        var folder = Path.GetFullPath(options.Folder);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var folderLock = Lock(folder);
        SpoolPosition? position = null;
        SpoolRecovery? recovered = null;
        try
        {
            position = SpoolPosition.Open(folder);
            recovered = new SpoolRecovery(folder, position.Below, logger);
            recovered.Read();
            var segments = new SpoolSegments(folder, recovered.Segments, Math.Min(MaxSegmentBytes, options.MaxBytes / 4));
            if (recovered.Messages.Count > 0)
                logger.SpoolOpened(folder, recovered.Messages.Count);
            return new MessageSpool(folderLock, position, recovered, segments, RejectedMessages.Open(folder, position.Below, options.MaxRejectedBytes, clock, logger));
        }
        catch
        {
            recovered?.Segments.ForEach(segment => segment.Dispose());
            position?.Dispose();
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Takes messages from now on; <paramref name="onStored"/> hears of those that are on disk.</summary>
    internal void Start(Action<IReadOnlyList<Pending>> onStored) => _writer = new SpoolWriter(_segments, Recovered.Next, onStored);

    /// <summary>The key of a batch: the same for the same messages, whoever sends them.</summary>
    internal string KeyOf(long first) => FormattableString.Invariant($"{_position.Id}-{first}");

    internal Task AppendAsync(Pending message) => _writer!.AppendAsync(message);

    internal Task CutAsync(Batch batch) => _writer!.CutAsync(batch);

    /// <summary>Returns when everything appended before is on disk, or has failed.</summary>
    internal Task WrittenAsync() => _writer!.WrittenAsync();

    internal static async ValueTask ReadAsync(Pending message, Memory<byte> to, CancellationToken cancellation)
    {
        for (var read = 0; read < to.Length;)
        {
            var more = await RandomAccess.ReadAsync(message.Place.Segment!.Handle, to[read..], message.Place.Offset + read, cancellation);
            read += more > 0 ? more : throw new SpoolException($"{message.Place.Segment.Path} ends before message {message.Number} does");
        }
    }

    /// <summary>Keeps what was not accepted, with the reasons.</summary>
    internal Task RejectAsync(IReadOnlyList<Pending> messages) => _rejected.WriteAsync(messages);

    /// <summary>Everything below this number is decided. Calls come one at a time and in order.</summary>
    internal void Decide(long below)
    {
        _position.Write(below);
        if (!_segments.HasDone(below))
            return;
        _position.Flush();
        _segments.RemoveBelow(below);
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.StopAsync();
        _position.Flush();
        _position.Dispose();
        _segments.Dispose();
        _rejected.Dispose();
        await _lock.DisposeAsync();
    }

    private static FileStream Lock(string folder)
    {
        var path = Path.Combine(folder, "lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException inUse)
        {
            throw new SpoolException($"The spool {folder} is in use by another producer", inUse);
        }
    }
}
