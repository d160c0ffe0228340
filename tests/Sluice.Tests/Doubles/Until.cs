using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice.Tests.Doubles;

/// <summary>How tests wait for what comes about in its own time: they look again until it is so, and fail with what they saw last.</summary>
internal static class Until
{
    // Far longer than anything takes, also where other programs want the same cores: only a wait in vain lasts so long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until what is seen is as wanted, and returns it.</summary>
    internal static async Task<T> SeenAsync<T>(Func<Task<T>> look, Func<T, bool> isWanted, [CallerArgumentExpression(nameof(isWanted))] string wanted = "")
    {
        for (var waiting = Stopwatch.StartNew(); ;)
        {
            var seen = await look();
            if (isWanted(seen))
                return seen;
            Assert.True(waiting.Elapsed < Patience, $"Not within {Patience.TotalSeconds:F0} s: {wanted}; last: {seen}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Looks until it is so.</summary>
    internal static Task TrueAsync(Func<Task<bool>> isSo, [CallerArgumentExpression(nameof(isSo))] string wanted = "") => SeenAsync(isSo, so => so, wanted);

    /// <summary>Looks until it is so.</summary>
    internal static Task TrueAsync(Func<bool> isSo, [CallerArgumentExpression(nameof(isSo))] string wanted = "") => TrueAsync(() => Task.FromResult(isSo()), wanted);
}
