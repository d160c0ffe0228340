using System.Buffers;

namespace Sluice.Gateway.Flow;

/// <summary>What a flow borrowed and gives back at its end: buffers of bodies, answers of targets.</summary>
internal sealed class FlowLeases
{
    private readonly List<byte[]> _buffers = [];
    private readonly List<IDisposable> _others = [];
    private readonly List<CancellationTokenSource> _patience = [];
    private CancellationTokenSource? _spare;

    /// <summary>A buffer that is the flow's until its end.</summary>
    internal byte[] Rent(int bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>Gives a buffer back early.</summary>
    internal void Return(byte[] buffer)
    {
        if (_buffers.Remove(buffer))
            ArrayPool<byte>.Shared.Return(buffer);
    }

    internal void Keep(IDisposable one) => _others.Add(one);

    /// <summary>A source of cancellation that fires after a while; the flow's until its end, then another's.</summary>
    internal CancellationTokenSource RentPatience(TimeSpan patience)
    {
        var rented = _spare ?? new CancellationTokenSource();
        _spare = null;
        _patience.Add(rented);
        rented.CancelAfter(patience);
        return rented;
    }

    internal void ReturnAll()
    {
        foreach (var one in _others)
            one.Dispose();
        _others.Clear();
        foreach (var one in _patience)
        {
            // One that fired, or is about to, is not used again.
            if (_spare is null && one.TryReset())
                _spare = one;
            else
                one.Dispose();
        }
        _patience.Clear();
        foreach (var buffer in _buffers)
            ArrayPool<byte>.Shared.Return(buffer);
        _buffers.Clear();
    }
}
