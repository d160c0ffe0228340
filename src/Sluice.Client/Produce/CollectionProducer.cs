using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Client.Produce;
using Sluice.Client.Spool;
using Sluice.Client.Tokens;

namespace Sluice.Client;

/// <summary>Sends messages to an inlet: many to a request, again where that helps, each with a result of its own.</summary>
/// <remarks>
/// Guarantees: every message that was taken gets exactly one result, and is stored at most once by a server that honours <c>Idempotency-Key</c>. With a
/// spool it is on disk when <see cref="EnqueueAsync(ReadOnlyMemory{byte}, CancellationToken)"/> returns, and is sent by the next producer on the folder
/// if this one ends first. Memory is bounded by the options; enqueuing waits at the bounds. Threading: all members may be called from anywhere.
/// </remarks>
public sealed class CollectionProducer : IAsyncDisposable
{
    private readonly ProducerOptions _options;
    private readonly ILogger _logger;
    private readonly HttpClient _http;
    private readonly TokenSource? _tokens;
    private readonly MessageSpool? _spool;
    private readonly ClientMetrics _metrics;
    private readonly Allowance _room;
    private readonly Allowance? _writing;
    private readonly Backlog _backlog;
    private readonly Progress _progress;
    private readonly RetryDelay _delay;
    private readonly BatchSender _sender;
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly Lock _stopLock = new();
    private readonly List<Batch> _unrecorded = []; // cut, but the disk did not take it
    private Task _loop = Task.CompletedTask;
    private Task? _stopping;
    private volatile Exception? _failure;

    private CollectionProducer(ProducerOptions options, MessageSpool? spool)
    {
        _options = options;
        _logger = options.Logger ?? NullLogger.Instance;
        _http = HttpCalls.Client(options.Handler, options.RequestTimeout);
        _tokens = options.Credentials is { } credentials ? new TokenSource(credentials, _http, options.Clock, _logger) : null;
        _spool = spool;
        _room = new Allowance(options.MaxBufferedMessages, options.Spool?.MaxBytes ?? options.MaxBufferedBytes);
        _writing = spool is null ? null : new Allowance(options.MaxBufferedMessages, options.MaxBufferedBytes);
        _metrics = new ClientMetrics(() => _room.Messages);
        _backlog = new Backlog(options);
        _progress = new Progress(below => _spool?.Decide(below));
        _slots = new SemaphoreSlim(options.MaxRequestsInFlight);
        _delay = new RetryDelay(options.BackOff, options.MaxBackOff, options.Clock);
        _sender = new BatchSender(_http, options, _tokens, _metrics, _logger, _delay);
    }

    /// <summary>Messages taken and not decided yet, those found in the spool among them.</summary>
    public long PendingMessages => _room.Messages;

    /// <summary>Their bytes: in memory, or in the spool where there is one.</summary>
    public long PendingBytes => _room.Bytes;

    internal ClientMetrics Metrics => _metrics;

    /// <summary>Opens a producer; what its spool holds is sent first.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="SpoolException">The spool is in use by another process, or damaged.</exception>
    public static async Task<CollectionProducer> OpenAsync(ProducerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Fault() is { } fault)
            throw new ArgumentException(fault, nameof(options));
        var spool = options.Spool is null ? null
            : await Task.Run(() => MessageSpool.Open(options.Spool, options.Clock, options.Logger ?? NullLogger.Instance), cancellation);
        var producer = new CollectionProducer(options, spool);
        producer.Start();
        return producer;
    }

    /// <summary>Takes a message, waiting for room. The task it gives ends with what became of the message.</summary>
    /// <param name="message">The message, header and body, as a JSON object in UTF-8; copied.</param>
    /// <param name="cancellation">Ends the wait for room; then the message was not taken.</param>
    /// <exception cref="ObjectDisposedException">The producer was stopped.</exception>
    /// <exception cref="IOException">The spool could not be written; the message was not taken.</exception>
    public async ValueTask<Task<MessageResult>> EnqueueAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation = default)
    {
        ThrowIfStopped();
        if (RequestBody.Fault(message.Span, _options.MaxRequestBytes) is { } fault)
        {
            _metrics.Decided(MessageOutcome.Refused);
            return Task.FromResult(new MessageResult(MessageOutcome.Refused) { Message = fault });
        }
        await _room.TakeAsync(message.Length, cancellation);
        try
        {
            var pending = new Pending(message.ToArray());
            if (_spool is null)
                AddToMemory(pending);
            else
                await AddToSpoolAsync(pending, cancellation);
            return pending.Result;
        }
        catch
        {
            _room.GiveBack(1, message.Length);
            throw;
        }
    }

    /// <summary>The same for a message in parts.</summary>
    public ValueTask<Task<MessageResult>> EnqueueAsync(SluiceMessage message, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return EnqueueAsync(message.ToUtf8(), cancellation);
    }

    /// <summary>Takes a message and waits for what becomes of it.</summary>
    public async Task<MessageResult> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation = default) =>
        await await EnqueueAsync(message, cancellation);

    /// <summary>Sends what was taken until now without waiting for more, and waits until it is decided.</summary>
    /// <exception cref="ObjectDisposedException">The producer was stopped before.</exception>
    /// <exception cref="InvalidOperationException">The producer was stopped, or stopped itself, meanwhile; the message says which and why.</exception>
    public Task FlushAsync(CancellationToken cancellation = default)
    {
        ThrowIfStopped();
        return _progress.ReachedAsync(_backlog.Flush(), cancellation);
    }

    /// <summary>Takes nothing more and waits until everything is decided. Cancelled, what is left is given up, or stays in the spool.</summary>
    public Task StopAsync(CancellationToken cancellation = default)
    {
        lock (_stopLock)
            return _stopping ??= DrainAsync(cancellation);
    }

    /// <summary>Stops within the <see cref="ProducerOptions.DrainTime"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        using var drained = new CancellationTokenSource(_options.DrainTime, _options.Clock);
        await StopAsync(drained.Token);
    }

    private void Start()
    {
        var next = _spool?.Recovered.Next ?? 0;
        _backlog.StartAt(next);
        _progress.StartAt(_spool?.DecidedBelow ?? 0);
        List<Batch> again = [];
        if (_spool is not null)
        {
            var messages = _spool.Recovered.Messages;
            _room.Occupy(messages.Count, messages.Sum(one => (long)one.Length));
            foreach (var (first, cutNext) in _spool.Recovered.Cuts)
            {
                var at = (int)(first - _spool.DecidedBelow);
                again.Add(new Batch(_spool.KeyOf(first), messages.GetRange(at, (int)(cutNext - first))));
            }
            _backlog.Add(messages.Skip(again.Sum(batch => batch.Messages.Count)));
            _spool.Start(stored => _backlog.Add(stored));
        }
        _loop = Task.Run(() => RunAsync(again));
    }

    private void AddToMemory(Pending pending)
    {
        lock (_stopLock)
        {
            ThrowIfStopped();
            _backlog.AddNumbered(pending);
        }
    }

    private async Task AddToSpoolAsync(Pending pending, CancellationToken cancellation)
    {
        await _writing!.TakeAsync(pending.Length, cancellation);
        try
        {
            Task stored;
            lock (_stopLock)
            {
                ThrowIfStopped();
                stored = _spool!.AppendAsync(pending);
            }
            await stored;
        }
        finally
        {
            _writing.GiveBack(1, pending.Length);
        }
    }

    // The main loop: a slot, then as many messages as have gathered meanwhile, then the request in the background.
    private async Task RunAsync(List<Batch> again)
    {
        try
        {
            foreach (var batch in again)
            {
                await _slots.WaitAsync(_stop.Token);
                Begin(batch);
            }
            while (true)
            {
                await _slots.WaitAsync(_stop.Token);
                if (await CutAsync() is not { } batch)
                    return;
                Begin(batch);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped: what is left is told so by DrainAsync.
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    // The slot is free for the next cut only if this one was used: whoever ends the loop gives it back.
    private async Task<Batch?> CutAsync()
    {
        List<Pending>? messages = null;
        try
        {
            messages = await _backlog.CutAsync(_stop.Token);
        }
        finally
        {
            if (messages is null)
                _slots.Release();
        }
        if (messages is null)
            return null;
        var batch = new Batch(_spool?.KeyOf(messages[0].Number) ?? $"{_id}-{messages[0].Number}", messages);
        try
        {
            if (_spool is not null)
                await RecordAsync(_spool, batch);
            return batch;
        }
        catch
        {
            Abandon(messages);
            _slots.Release();
            throw;
        }
    }

    // A full disk must not end the sending that would empty it. An unrecorded cut matters only if the process dies before the batch is decided: then
    // its messages may go under another key. Cuts are recorded in order, so that those on disk have no gaps.
    private async Task RecordAsync(MessageSpool spool, Batch batch)
    {
        _unrecorded.RemoveAll(one => one.IsDecided);
        _unrecorded.Add(batch);
        try
        {
            while (_unrecorded.Count > 0)
            {
                await spool.CutAsync(_unrecorded[0]);
                _unrecorded.RemoveAt(0);
            }
        }
        catch (IOException failure)
        {
            _logger.CutNotRecorded(batch.Key, failure);
        }
    }

    private void Begin(Batch batch)
    {
        _progress.Begin(batch);
        _ = SendAsync(batch); // it observes its own failures, and DrainAsync waits for its slot
    }

    private async Task SendAsync(Batch batch)
    {
        await Task.Yield();
        var isSettled = false;
        try
        {
            await _sender.SendAsync(batch, _stop.Token);
            if (_spool is not null && batch.Messages.Where(message => message.Verdict!.Outcome != MessageOutcome.Accepted).ToList() is { Count: > 0 } rejected)
                await RejectAsync(_spool, rejected);
            isSettled = true;
            Settle(batch.Messages);
            _progress.Decide(batch);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Abandon(batch.Messages);
        }
        catch (Exception failure)
        {
            if (!isSettled)
                Abandon(batch.Messages);
            Fail(failure);
        }
        finally
        {
            _slots.Release();
        }
    }

    // A refused message leaves the spool only when its line is on disk: until then its batch stays undecided.
    private async Task RejectAsync(MessageSpool spool, List<Pending> rejected)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await spool.RejectAsync(rejected);
                return;
            }
            catch (IOException failure) when (failure is not SpoolException)
            {
                _logger.RejectionNotWritten(rejected.Count, failure);
                await _delay.WaitAsync(failures, null, _stop.Token);
            }
        }
    }

    private async Task DrainAsync(CancellationToken cancellation)
    {
        await Task.Yield(); // out of the lock
        if (_spool is not null)
            await _spool.WrittenAsync();
        _backlog.End();
        await using (cancellation.Register(_stop.Cancel))
        {
            await _loop;
            for (var slot = 0; slot < _options.MaxRequestsInFlight; slot++)
                await _slots.WaitAsync(CancellationToken.None); // a request under way ends by the stop
        }
        Abandon(_backlog.TakeRest());
        _progress.End(_failure);
        if (_spool is not null)
            await _spool.DisposeAsync();
        _tokens?.Dispose();
        _http.Dispose();
        _metrics.Dispose();
        _slots.Dispose();
        _stop.Dispose();
    }

    private void Abandon(IReadOnlyList<Pending> messages)
    {
        var outcome = _spool is null ? MessageOutcome.Undelivered : MessageOutcome.Kept;
        foreach (var message in messages)
            message.Verdict ??= new MessageResult(outcome) { Message = "The producer was stopped before the message was decided" };
        Settle(messages);
    }

    private void Settle(IReadOnlyList<Pending> messages)
    {
        _room.GiveBack(messages.Count, messages.Sum(message => (long)message.Length));
        foreach (var message in messages)
            message.Publish();
    }

    // A disk that cannot be written, or a fault of ours: nothing more is sent, and everybody hears why.
    private void Fail(Exception failure)
    {
        lock (_stopLock)
            _failure ??= failure;
        _logger.ProducerFailed(failure);
        _stop.Cancel();
        Abandon(_backlog.TakeRest());
        _progress.End(failure);
    }

    private void ThrowIfStopped()
    {
        ObjectDisposedException.ThrowIf(_stopping is not null, this);
        if (_failure is { } failure)
            throw new InvalidOperationException($"The producer has stopped sending: {failure.Message}", failure);
    }
}
