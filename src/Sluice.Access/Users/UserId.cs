using System.Globalization;

namespace Sluice.Access;

/// <summary>The user that a path names: text that is no number names nobody, who is not found like any other.</summary>
internal readonly record struct UserId(long Value, string Text)
{
    /// <summary>How routes read it; never false, as that would be answered without a word.</summary>
    public static bool TryParse(string? text, out UserId userId)
    {
        userId = new(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0, text ?? "");
        return true;
    }

    public static implicit operator long(UserId userId) => userId.Value;

    public override string ToString() => Text;
}
