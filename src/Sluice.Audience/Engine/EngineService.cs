using Microsoft.Extensions.Hosting;

namespace Sluice.Audience.Engine;

/// <summary>Runs the engine of every environment, each on its own, and waits for their last commit at stop.</summary>
/// <remarks>The start waits a little, so that requests meet rules that were told; a journal with much to apply does not hold the other doors up.</remarks>
internal sealed class EngineService(AudienceRuntime audience, EngineMetrics metrics, TimeProvider clock) : IHostedService, IDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly EngineMetrics _metrics = metrics; // its gauges ask on their own; it has to be made, that is all
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var engines = audience.Environments.Select(environment => environment.Engine).OfType<AudienceEngine>().ToList();
        var started = engines.ConvertAll(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _running = Task.WhenAll(engines.Zip(started, (engine, ready) => engine.RunAsync(ready, _stop.Token)));
        await Task.WhenAny(Task.WhenAll(started.Select(one => one.Task)), _running, Task.Delay(StartPatience, clock, cancellationToken));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();
}
