using Microsoft.Extensions.ObjectPool;

namespace Sluice.Gateway.Flow;

/// <summary>Flow contexts to be used again, so that a request makes none.</summary>
internal static class FlowPool
{
    private const int MostKept = 1_024;

    private static readonly DefaultObjectPool<FlowContext> Pool = new(new DefaultPooledObjectPolicy<FlowContext>(), MostKept);

    internal static FlowContext Rent() => Pool.Get();

    internal static void Return(FlowContext flow)
    {
        flow.End();
        Pool.Return(flow);
    }
}
