[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace Sluice.AcceptanceTests.Durability;

/// <summary>Tests that load the whole machine, or kill a process that must have come far enough: they run one after another, once all others are done.</summary>
[CollectionDefinition(nameof(WholeMachine), DisableParallelization = true)]
public sealed class WholeMachine;
