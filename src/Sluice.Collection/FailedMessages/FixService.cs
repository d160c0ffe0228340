using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Collection.Batches;
using Sluice.Collection.Export;
using Sluice.Journal;
using Sluice.Storage;

namespace Sluice.Collection.FailedMessages;

/// <summary>Carries out fixes, one at a time in each environment; those a stopped process left go on where they stood.</summary>
/// <remarks>
/// Guarantees: a message is stored at most once, whatever stops in between; see <see cref="FixStep"/>.
/// After a failure (journal full, database away): the step is done again after a pause. What does not pass (a damaged file, a fault of ours)
/// fails the fix with the reason, and nothing else.
/// </remarks>
internal sealed class FixService(CollectionRuntime collection, CollectionOptions options, TimeProvider clock, ILogger<FixService> log) : BackgroundService
{
    private const int StepLines = 500;
    private const int StepCharacters = 1 << 20; // an append of such a step stays far below the journal's bound

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<CollectionEnvironment, SemaphoreSlim> _asked = new();

    /// <summary>Says that the environment has a new fix.</summary>
    internal void Wake(CollectionEnvironment environment) => Asked(environment).Release();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(collection.Environments.Select(environment => Task.Run(() => RunAsync(environment, stoppingToken), CancellationToken.None)));

    private SemaphoreSlim Asked(CollectionEnvironment environment) => _asked.GetOrAdd(environment, static _ => new SemaphoreSlim(0));

    private async Task RunAsync(CollectionEnvironment environment, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                foreach (var fix in await environment.Fixes.ListRunningAsync(stop))
                    await RunOrFailAsync(environment, fix, stop);
                await Asked(environment).WaitAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is IOException or StoreUnavailableException or JournalException)
            {
                log.FixPaused(environment.Name.Value, failure);
                await Task.Delay(PauseAfterFailure, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunOrFailAsync(CollectionEnvironment environment, Fix fix, CancellationToken stop)
    {
        try
        {
            await RunAsync(environment, fix, stop);
        }
        catch (Exception fault) when (fault is not (IOException or StoreUnavailableException or JournalException or OperationCanceledException))
        {
            // What was committed of it counts; its messages stay in their group, and another fix can be asked for.
            log.FixFailed(environment.Name.Value, fix.FixId, fault);
            await environment.Fixes.FailAsync(fix.FixId, $"The fix stopped: {fault.Message}", CancellationToken.None);
        }
    }

    private async Task RunAsync(CollectionEnvironment environment, Fix fix, CancellationToken stop)
    {
        var patch = JsonPatch.Parse(JsonNode.Parse(fix.Patch)).Patch!;
        var detail = FixDetail.Read(fix.Detail);
        foreach (var lines in await environment.Failures.ListLinesAsync(fix.Fingerprint, stop))
        {
            var order = string.CompareOrdinal(lines.BatchId, fix.AtBatchId);
            if (order < 0 || string.CompareOrdinal(lines.BatchId, fix.LastBatchId) > 0)
                continue;
            if (!await RunAsync(environment, fix, patch, detail, lines, order == 0 ? fix.AtLine : -1, stop))
                return;
        }
        fix.State = Fix.Done;
        await CommitAsync(environment, fix, detail, null);
        log.FixDone(environment.Name.Value, fix.FixId, fix.Passed, fix.Refused);
    }

    // One batch of the fix; false when it was cancelled.
    private async Task<bool> RunAsync(
        CollectionEnvironment environment, Fix fix, JsonPatch patch, FixDetail detail, FailureLines lines, long afterLine, CancellationToken stop)
    {
        if (await environment.Batches.FindAsync(lines.BatchId, stop) is not { Status: Batch.Failed } batch
            || LakeFile.OpenLines(environment.Lake, batch.Path) is not { } reader)
            return true; // deleted meanwhile

        using (reader)
        {
            var open = LineList.Read(lines.OpenLines);
            var wanted = open.Where(line => line > afterLine).ToHashSet();
            var some = new List<FailedLine>();
            var characters = 0;
            for (var number = 0; wanted.Count > 0 && await reader.ReadLineAsync(stop) is { } text; number++)
            {
                if (!wanted.Remove(number))
                    continue;
                if (FailedLine.Read(number, text) is { } line)
                    some.Add(line);
                else
                    fix.Unreadable++;
                characters += text.Length;
                if (some.Count < StepLines && characters < StepCharacters && wanted.Count > 0)
                    continue;

                var step = new FixStep(environment, fix, patch, detail);
                await step.RunAsync(some, stop);
                (fix.AtBatchId, fix.AtLine) = (lines.BatchId, number);
                if (!fix.IsDryRun)
                {
                    open.RemoveAll(step.Closed.Contains);
                    (lines.OpenLines, lines.OpenCount) = (LineList.Write(open), open.Count);
                }
                if (!await CommitAsync(environment, fix, detail, fix.IsDryRun ? null : lines))
                    return false;
                await RestAsync(some.Count, stop);
                some.Clear();
                characters = 0;
            }
        }
        return true;
    }

    private Task RestAsync(int messages, CancellationToken stop) => options.FixMessagesPerSecond == 0
        ? Task.CompletedTask
        : Task.Delay(TimeSpan.FromSeconds((double)messages / options.FixMessagesPerSecond), clock, stop);

    // Not cancelled by a stop: what it says has happened.
    private async Task<bool> CommitAsync(CollectionEnvironment environment, Fix fix, FixDetail detail, FailureLines? lines)
    {
        fix.Detail = detail.Write();
        fix.UpdatedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return await environment.Fixes.CommitAsync(fix, lines, CancellationToken.None);
    }
}
