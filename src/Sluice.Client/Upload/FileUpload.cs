using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Client.Produce;
using Sluice.Client.Tokens;
using Sluice.Client.Upload;

namespace Sluice.Client;

/// <summary>Sends a file of messages, a line each, and can go on after it was interrupted, however that came.</summary>
/// <remarks>
/// Guarantees: with a state file, every line is stored once by a server that honours <c>Idempotency-Key</c>, also when the process dies between the
/// server's answer and the writing of the state: what is not known to be decided goes again, the same bytes under the same keys. A line is counted as
/// rejected when its reason is on disk. Memory: <see cref="UploadOptions.MaxRequestsInFlight"/> requests, whatever the file's size. After a failure of
/// the disk the upload stops with an exception, and the state says no more than what is so.
/// </remarks>
public sealed class FileUpload : IDisposable
{
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(50);
    private static readonly byte[] Placeholder = "null"u8.ToArray();

    private readonly UploadOptions _options;
    private readonly FileStream? _lock;
    private readonly UploadRejects? _rejects;
    private readonly UploadReader _reader;
    private readonly HttpClient _http;
    private readonly TokenSource? _tokens;
    private readonly ClientMetrics _metrics = new(() => 0);
    private readonly BatchSender _sender;
    private readonly byte[] _head;
    private readonly byte[] _foot;
    private readonly long _earlier;
    private UploadState _state;
    private long _savedAt;
    private long _answeredAt;
    private volatile string? _trouble;

    private FileUpload(UploadOptions options, ProducerOptions sending, FileStream? stateLock)
    {
        _options = options;
        _lock = stateLock;
        (_head, _foot) = Around(options.Envelope);
        var head = Encoding.UTF8.GetString(_head);
        var known = options.StateFile is null || options.StartsAnew ? null : UploadState.Read(options.StateFile);
        if (known is not null && (known.Inlet != options.Inlet || known.Head != head))
            throw new UploadException($"The state {options.StateFile} is of an upload to {known.Inlet}{(known.Head == head ? "" : ", whose messages look otherwise")}");
        // How requests are cut is the first run's choice: others would cut in other places.
        _state = known ?? new UploadState
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            Inlet = options.Inlet,
            Head = head,
            MaxRequestBytes = options.MaxRequestBytes,
            MaxRequestMessages = options.MaxRequestMessages,
            End = options.Source.CanSeek ? options.Source.Length : null,
        };
        _earlier = _state.Accepted + _state.Rejected;
        var rejects = options.RejectsFile is null ? null : Path.GetFullPath(options.RejectsFile);
        _rejects = rejects is null ? null : UploadRejects.Open(rejects, known?.RejectsFile == rejects ? known.RejectsBytes : null);
        _state = _state with { RejectsFile = rejects, RejectsBytes = _rejects?.Bytes ?? 0 };
        _reader = new UploadReader(
            options.Source, _state, _head.Length + _foot.Length, options.Source.CanSeek || options.StateFile is not null ? null : Linger, options.Clock);
        _http = HttpCalls.Client(options.Handler, options.RequestTimeout);
        var logger = options.Logger ?? NullLogger.Instance;
        _tokens = options.Credentials is { } credentials ? new TokenSource(credentials, _http, options.Clock, logger) : null;
        _sender = new BatchSender(_http, sending, _tokens, _metrics, logger, new RetryDelay(sending.BackOff, sending.MaxBackOff, options.Clock))
        {
            StopsAtRefusal = true,
            IgnoresIds = true,
            OnFailure = reason => _trouble = reason,
        };
    }

    /// <summary>How far it is.</summary>
    public UploadProgress Progress => new()
    {
        Bytes = _state.Position,
        TotalBytes = _state.End,
        Lines = _state.Line,
        Accepted = _state.Accepted,
        Duplicates = _state.Duplicates,
        Rejected = _state.Rejected,
        Earlier = _earlier,
        Trouble = _trouble,
    };

    /// <summary>Opens an upload; nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="UploadException">The state cannot be read, is of another upload, or is in use.</exception>
    /// <exception cref="IOException">The state or the rejects cannot be written.</exception>
    public static FileUpload Open(UploadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var sending = options.ToProducerOptions();
        if (sending.Fault() is { } fault)
            throw new ArgumentException(fault, nameof(options));
        var stateLock = options.StateFile is null ? null : Lock(options.StateFile);
        try
        {
            return new FileUpload(options, sending, stateLock);
        }
        catch
        {
            stateLock?.Dispose();
            throw;
        }
    }

    /// <summary>Sends until the end of the source. Cancelled, what is decided is kept for another upload to go on from.</summary>
    /// <exception cref="SluiceException">The server refuses for what the messages are not to blame for: the token, the inlet.</exception>
    /// <exception cref="UploadException">The server was away for too long, the source is another, or too much was rejected.</exception>
    /// <exception cref="IOException">The state or the rejects cannot be written; what was decided since the state is sent again, under the same keys.</exception>
    public async Task<UploadProgress> RunAsync(CancellationToken cancellation = default)
    {
        _answeredAt = _options.Clock.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var watch = _options.Clock.CreateTimer(_ => StopIfAway(stop), null, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200));
        await _reader.SkipDecidedAsync(stop.Token);
        Save(); // the id of the keys must be on disk before a key is used
        var open = new Queue<UploadBatch>();
        try
        {
            await SendAllAsync(open, stop.Token);
            if (_options.Source.CanSeek && _options.Source.Length > _state.End)
            {
                // It has grown since an earlier run: what that one cut at the old end is decided first.
                _state = _state with { End = _options.Source.Length };
                Save();
                _reader.ReadOn(_state.End.Value);
                await SendAllAsync(open, stop.Token);
            }
            Save();
            return Progress;
        }
        catch (Exception failure)
        {
            await stop.CancelAsync();
            await EndAsync(open, failure);
            if (failure is OperationCanceledException && !cancellation.IsCancellationRequested)
                throw new UploadException($"The server did not answer for {_options.Patience}: {_trouble ?? "no answer came"}", failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rejects?.Dispose();
        _tokens?.Dispose();
        _http.Dispose();
        _metrics.Dispose();
        _lock?.Dispose();
    }

    private async Task SendAllAsync(Queue<UploadBatch> open, CancellationToken cancellation)
    {
        for (var isEnded = false; !isEnded || open.Count > 0;)
        {
            while (!isEnded && open.Count < _options.MaxRequestsInFlight)
            {
                if (await _reader.CutAsync(cancellation) is { } batch)
                {
                    batch.Sending = Task.Run(() => SendAsync(batch, cancellation), cancellation);
                    open.Enqueue(batch);
                }
                else
                    isEnded = true;
                // What is decided is told while a slow source is waited for.
                while (open.TryPeek(out var first) && first.Sending.IsCompletedSuccessfully)
                    Settle(open.Dequeue());
            }
            if (!open.TryPeek(out var oldest))
                continue;
            await oldest.Sending;
            Settle(open.Dequeue());
            if (_state.Rejected > _options.MaxRejects)
                throw new UploadException($"{_state.Rejected} messages were rejected, more than {_options.MaxRejects}");
        }
    }

    private async Task SendAsync(UploadBatch batch, CancellationToken cancellation)
    {
        batch.Messages = new Pending[batch.Lines.Count];
        var sendable = new List<Pending>(batch.Lines.Count);
        for (var index = 0; index < batch.Messages.Length; index++)
        {
            var line = batch.Lines[index];
            var message = new Pending(line.Number, batch.Bytes(line));
            batch.Messages[index] = message;
            if (Fault(line, message) is { } fault)
                message.Verdict = new MessageResult(MessageOutcome.Refused) { Message = fault };
            else
            {
                if (_head.Length > 0)
                    batch.Messages[index] = message = new Pending(line.Number, (byte[])[.. _head, .. message.Bytes!.Value.Span, .. _foot]);
                sendable.Add(message);
            }
        }
        if (sendable.Count > 0)
            await _sender.SendAsync(new Batch($"{_state.Id}-{batch.Offset}", sendable), cancellation);
        Volatile.Write(ref _answeredAt, _options.Clock.GetTimestamp());
        _trouble = null;
    }

    private string? Fault(UploadLine line, Pending message) =>
        line.Skipped > 0
            ? $"The line has {line.Skipped} bytes; a request of {_state.MaxRequestBytes} bytes holds at most {_state.MaxRequestBytes - RequestBody.Size(1, _head.Length + _foot.Length)}"
            : ObjectOutline.IsWhole(message.Bytes!.Value.Span) ? null // the rest is for the server to judge
            : RequestBody.Fault(message.Bytes!.Value.Span, _state.MaxRequestBytes - _head.Length - _foot.Length);

    private void Settle(UploadBatch batch)
    {
        var (accepted, duplicates, rejected) = (0L, 0L, 0L);
        for (var index = 0; index < batch.Messages.Length; index++)
        {
            var verdict = batch.Messages[index].Verdict!;
            if (verdict.Outcome == MessageOutcome.Accepted)
            {
                accepted++;
                duplicates += verdict.IsDuplicate ? 1 : 0;
                continue;
            }
            rejected++;
            _rejects?.Write(batch.Lines[index], batch.Bytes(batch.Lines[index]), verdict);
        }
        _state = _state with
        {
            Position = batch.NextOffset,
            Line = batch.LinesBefore,
            Accepted = _state.Accepted + accepted,
            Duplicates = _state.Duplicates + duplicates,
            Rejected = _state.Rejected + rejected,
            RejectsBytes = _rejects?.Bytes ?? 0,
            TailBytes = batch.TailBytes,
            TailHash = batch.TailHash,
        };
        _reader.GiveBack(batch);
        if (_options.Clock.GetElapsedTime(_savedAt) >= SaveInterval)
            Save();
    }

    // Rejects first: the state must not say that a line is decided whose reason is on no disk.
    private void Save()
    {
        _rejects?.Flush();
        if (_options.StateFile is { } path)
            _state.Write(path);
        _savedAt = _options.Clock.GetTimestamp();
    }

    // The sendings under way end by the cancellation; those that were decided before count.
    private async Task EndAsync(Queue<UploadBatch> open, Exception why)
    {
        await Task.WhenAll(open.Select(batch => batch.Sending)).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (why is IOException and not HttpIOException)
            return; // the disk: what it took last is what counts
        try
        {
            while (open.TryPeek(out var batch) && batch.Sending.IsCompletedSuccessfully)
                Settle(open.Dequeue());
            Save();
        }
        catch (Exception failure) when (failure is UploadException or IOException or UnauthorizedAccessException)
        {
            Debug.WriteLine(failure); // the first failure is the one to tell
        }
    }

    private void StopIfAway(CancellationTokenSource stop)
    {
        if (_trouble is null || _options.Clock.GetElapsedTime(Volatile.Read(ref _answeredAt)) < _options.Patience)
            return;
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended at this moment.
        }
    }

    private static (byte[] Head, byte[] Foot) Around(SluiceMessage? envelope)
    {
        if (envelope is null)
            return ([], []);
        var bytes = (envelope with { Entity = Placeholder }).ToUtf8().Span;
        var at = bytes.LastIndexOf(Placeholder);
        return (bytes[..at].ToArray(), bytes[(at + Placeholder.Length)..].ToArray());
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException failure) when (File.Exists(path + ".lock"))
        {
            throw new UploadException($"The state {path} is in use by another process", failure);
        }
    }
}
