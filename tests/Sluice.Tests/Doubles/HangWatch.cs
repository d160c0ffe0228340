using System.Collections.Concurrent;
using System.Reflection;
using Xunit.v3;

[assembly: Sluice.Tests.Doubles.HangWatch]

namespace Sluice.Tests.Doubles;

/// <summary>Ends the run with the names of the tests that still run, when none has begun or ended for long: a test that waits for ever fails by name.</summary>
/// <remarks>Threading: any; tests of several classes run at once.</remarks>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class HangWatchAttribute : BeforeAfterTestAttribute
{
    // Far longer than the longest test takes on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private static readonly ConcurrentDictionary<string, string> Running = new();
    private static readonly Timer Watch = new(_ => Look(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
    private static long _moved = Environment.TickCount64;
    private static string _last = "";

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        Running[test.UniqueID] = test.TestDisplayName;
        Volatile.Write(ref _moved, Environment.TickCount64);
        GC.KeepAlive(Watch);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        Running.TryRemove(test.UniqueID, out _);
        Volatile.Write(ref _last, test.TestDisplayName);
        Volatile.Write(ref _moved, Environment.TickCount64);
    }

    private static void Look()
    {
        if (Environment.TickCount64 - Volatile.Read(ref _moved) < Patience.TotalMilliseconds)
            return;
        Environment.FailFast(
            $"failed: no test has begun or ended for {Patience.TotalMinutes} minutes. The last to end: {Volatile.Read(ref _last)}. These still run:\n  {string.Join("\n  ", Running.Values)}");
    }
}
