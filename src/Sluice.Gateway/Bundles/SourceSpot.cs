namespace Sluice.Gateway.Bundles;

/// <summary>A place in a bundle: the file as the bundle names it, and where in it; line 0 is the file as a whole.</summary>
internal readonly record struct SourceSpot(string File, int Line, int Column)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}:{Column}" : File;
}
