using System.Collections.Concurrent;

namespace Sluice.Schemas.Patterns;

/// <summary>The compiled patterns that schemas hold, each once: a schema of a public library has megabytes of them otherwise, and so has the next.</summary>
/// <remarks>Threading: any. A pattern lives as long as a schema holds it; past the bound, patterns are no longer shared.</remarks>
internal static class SharedPatterns
{
    private const int MaxPatterns = 10_000;

    private static readonly ConcurrentDictionary<string, WeakReference<PatternMatcher>> Known = new(StringComparer.Ordinal);

    /// <summary>The pattern, compiled now or before.</summary>
    /// <exception cref="FormatException">As <see cref="PatternMatcher.Compile"/>.</exception>
    public static PatternMatcher Get(string source)
    {
        if (Known.TryGetValue(source, out var known) && known.TryGetTarget(out var shared))
            return shared;

        var compiled = PatternMatcher.Compile(source);
        if (Known.Count >= MaxPatterns)
            RemoveUnused();
        if (Known.Count < MaxPatterns)
            Known[source] = new WeakReference<PatternMatcher>(compiled);
        return compiled;
    }

    private static void RemoveUnused()
    {
        foreach (var entry in Known)
        {
            if (!entry.Value.TryGetTarget(out _))
                Known.TryRemove(entry);
        }
    }
}
