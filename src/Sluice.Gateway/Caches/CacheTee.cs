namespace Sluice.Gateway.Caches;

/// <summary>A streamed body on its way to the client, of which a copy is kept for the cache as long as it is small enough (contract gateway.md 1.3). Only a body that came to its end is handed over.</summary>
internal sealed class CacheTee(Stream body, int most, Func<byte[], ValueTask> take, Action giveUp) : Stream
{
    private MemoryStream? _copy = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        if (_copy is not { } copy || buffer.IsEmpty)
            return read;
        if (read == 0)
        {
            _copy = null;
            await take(copy.ToArray());
        }
        else if (copy.Length + read > most)
        {
            _copy = null;
            giveUp();
        }
        else
            copy.Write(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
