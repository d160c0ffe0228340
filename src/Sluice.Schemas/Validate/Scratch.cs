using System.Text;
using Sluice.Schemas.Text;

namespace Sluice.Schemas.Validate;

/// <summary>
/// The working storage of one thread: grown on demand and kept, so that validations after the first few allocate nothing.
/// </summary>
/// <remarks>Threading: each thread has its own; a validation never yields, so it is never used twice at once.</remarks>
internal sealed class Scratch
{
    // A thread that once met a huge message gives that memory back.
    private const int KeptEntries = 1 << 20;

    [ThreadStatic]
    private static Scratch? _mine;

    private byte[] _bytes = new byte[1024];
    private char[] _chars = new char[1024];
    private ulong[] _bits = new ulong[32];
    private ulong[] _hashes = new ulong[64];
    private long[] _items = new long[64];
    private int _bitWords;
    private int _hashCount;

    /// <summary>The names of the open objects.</summary>
    public KeyLedger Names { get; } = new();

    /// <summary>The calling thread's storage, emptied.</summary>
    public static Scratch OfThisThread()
    {
        var mine = _mine ??= new Scratch();
        mine.ReturnTo(default);
        return mine;
    }

    /// <summary>What is in use; a walk that is abandoned is undone by returning to it.</summary>
    public Mark Marked => new(Names.Count, _bitWords, _hashCount);

    public void ReturnTo(Mark mark)
    {
        Names.TruncateTo(mark.Names);
        _bitWords = mark.BitWords;
        _hashCount = mark.Hashes;
    }

    /// <summary>Lets go of what grew beyond an ordinary message. Called when a validation is over.</summary>
    public void GiveBackExcess()
    {
        if (_bytes.Length + _chars.Length + _hashes.Length + Names.Capacity > KeptEntries)
            _mine = null;
    }

    /// <summary>The text of a string whose raw content is given; valid until the next call.</summary>
    public ReadOnlySpan<byte> Resolve(ReadOnlySpan<byte> content)
    {
        if (!content.Contains((byte)'\\'))
            return content;
        if (_bytes.Length < content.Length)
            _bytes = new byte[Math.Max(content.Length, _bytes.Length * 2)];
        return _bytes.AsSpan(0, EscapeReader.Resolve(content, _bytes));
    }

    /// <summary>UTF-8 text as UTF-16; valid until the next call.</summary>
    public ReadOnlySpan<char> Decode(ReadOnlySpan<byte> text)
    {
        if (_chars.Length < text.Length)
            _chars = new char[Math.Max(text.Length, _chars.Length * 2)];
        return _chars.AsSpan(0, Encoding.UTF8.GetChars(text, _chars));
    }

    /// <summary>Takes zeroed words for the bits of an object's properties; the answer addresses them.</summary>
    public int TakeBits(int words)
    {
        if (_bitWords + words > _bits.Length)
            Array.Resize(ref _bits, Math.Max(_bitWords + words, _bits.Length * 2));
        _bits.AsSpan(_bitWords, words).Clear();
        _bitWords += words;
        return _bitWords - words;
    }

    /// <summary>Gives back the words taken last.</summary>
    public void ReleaseBits(int words) => _bitWords -= words;

    /// <summary>The words taken at an address. The reference dies with the next <see cref="TakeBits"/>.</summary>
    public Span<ulong> Bits(int address, int words) => _bits.AsSpan(address, words);

    /// <summary>Adds the hash of an array's item, and where the item stands.</summary>
    public void AddItem(ulong hash, int start, int end)
    {
        if (_hashCount == _hashes.Length)
        {
            Array.Resize(ref _hashes, _hashCount * 2);
            Array.Resize(ref _items, _hashCount * 2);
        }

        _hashes[_hashCount] = hash;
        _items[_hashCount++] = (long)start << 32 | (uint)end;
    }

    /// <summary>The items added since a mark, ordered by hash; positions are start in the upper half, end in the lower.</summary>
    public void OrderItems(Mark from, out ReadOnlySpan<ulong> hashes, out ReadOnlySpan<long> places)
    {
        var keys = _hashes.AsSpan(from.Hashes, _hashCount - from.Hashes);
        var values = _items.AsSpan(from.Hashes, _hashCount - from.Hashes);
        keys.Sort(values);
        hashes = keys;
        places = values;
    }

    /// <summary>A state of the storage.</summary>
    public readonly record struct Mark(int Names, int BitWords, int Hashes);
}
