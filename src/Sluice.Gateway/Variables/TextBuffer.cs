namespace Sluice.Gateway.Variables;

/// <summary>Text that grows and is used again: for keys and templates of the hot path. Not for several threads.</summary>
internal sealed class TextBuffer
{
    private char[] _text = new char[256];

    internal int Length { get; private set; }

    internal ReadOnlySpan<char> Span => _text.AsSpan(0, Length);

    internal void Clear() => Length = 0;

    internal void Append(ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        text.CopyTo(_text.AsSpan(Length));
        Length += text.Length;
    }

    internal void Append(char letter)
    {
        Reserve(1);
        _text[Length++] = letter;
    }

    public override string ToString() => Span.ToString();

    private void Reserve(int more)
    {
        if (Length + more > _text.Length)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, Length + more));
    }
}
