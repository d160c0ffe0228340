using System.Buffers;

namespace Sluice.Collection.Receive;

/// <summary>The messages of one request: a growing list on a pooled array, so that a request allocates nothing per message.</summary>
internal sealed class MessageSlots : IDisposable
{
    private const int FirstCapacity = 256; // a request of 200 messages of 1 KB needs no growth

    private MessageSlot[] _slots = ArrayPool<MessageSlot>.Shared.Rent(FirstCapacity);

    internal int Count { get; private set; }

    internal ReadOnlySpan<MessageSlot> Span => _slots.AsSpan(0, Count);

    /// <summary>Adds an empty slot and returns it; the reference is good until the next call.</summary>
    internal ref MessageSlot Add()
    {
        if (Count == _slots.Length)
        {
            var larger = ArrayPool<MessageSlot>.Shared.Rent(_slots.Length * 2);
            _slots.CopyTo(larger, 0);
            ArrayPool<MessageSlot>.Shared.Return(_slots);
            _slots = larger;
        }

        ref var slot = ref _slots[Count++];
        slot = default;
        return ref slot;
    }

    public void Dispose()
    {
        ArrayPool<MessageSlot>.Shared.Return(_slots);
        _slots = [];
        Count = 0;
    }
}
