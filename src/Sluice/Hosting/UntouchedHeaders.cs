namespace Sluice.Hosting;

/// <summary>Marks an endpoint whose answers are somebody else's words, passed on: <see cref="SafeHeaders"/> adds nothing to them.</summary>
internal sealed class UntouchedHeaders
{
    internal static readonly UntouchedHeaders Mark = new();

    private UntouchedHeaders()
    {
    }
}
