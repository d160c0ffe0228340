using Sluice.Audience.Catalogue;
using Sluice.Audience.DataSources;
using Sluice.Audience.Folders;
using Sluice.Audience.MergeRules;
using Sluice.Audience.Segments;
using Sluice.Audience.Traits;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Profiles.Engine;
using Sluice.Profiles.Rulebook;

namespace Sluice.Audience.Engine;

/// <summary>Tells the journal which rules of the catalogue changed, so that they hold for every event behind.</summary>
/// <remarks>
/// A change is told before the request that made it is answered; what could not be told then (a full journal, a crash) is found by comparing, at the start and
/// with the next change. What stands in the catalogue is right: what was told is only how far the engine knows it.
/// </remarks>
internal sealed class RuleFeeder(CatalogueStore catalogue, EventJournal journal, ProfileEngine engine) : IDisposable
{
    private const int DefinitionsPerRecord = 500;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<(string Kind, long Id), Definition> _told = [];
    private CatalogueSnapshot? _toldOf;
    private long _lastOffset = -1;

    /// <summary>Begins with what the engine knows, once it has applied everything in the journal.</summary>
    internal async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var definition in engine.ListRules())
            _told[(Definition.KindOf(definition), definition.Id)] = definition;
        await TellAsync(cancellation);
    }

    /// <summary>Tells what changed since the last time.</summary>
    /// <exception cref="JournalException">The journal does not take it now; call again.</exception>
    /// <returns>The journal offset of the last change told, by whomever: a change may have been told by another call than the one that made it. -1 before the first.</returns>
    internal async Task<long> TellAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var snapshot = catalogue.Snapshot;
            if (_toldOf == snapshot)
                return _lastOffset;
            var changes = FindChanges(snapshot);
            foreach (var some in changes.Chunk(DefinitionsPerRecord))
            {
                _lastOffset = await AppendAsync(some, cancellation);
                foreach (var change in some)
                    Note(change);
            }
            _toldOf = snapshot;
            return _lastOffset;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private List<Definition> FindChanges(CatalogueSnapshot snapshot)
    {
        var changes = new List<Definition>();
        Compare(snapshot, Kinds.TraitFolders, "folder", DefinitionOf, changes);
        Compare(snapshot, Kinds.DataSources, "source", DefinitionOf, changes);
        Compare(snapshot, Kinds.MergeRules, "mergeRule", DefinitionOf, changes);
        Compare(snapshot, Kinds.Traits, "trait", DefinitionOf, changes);
        Compare(snapshot, Kinds.Segments, "segment", DefinitionOf, changes);
        return changes;
    }

    private void Compare<T>(CatalogueSnapshot snapshot, EntityKind<T> kind, string name, Func<T, Definition?> definitionOf, List<Definition> changes)
        where T : Entity
    {
        var table = snapshot.Table(kind);
        var before = _toldOf?.Table(kind);
        if (table == before)
            return;
        foreach (var row in table.Rows)
        {
            if (before is not null && ReferenceEquals(before.Find(row.Id), row))
                continue;
            if (definitionOf(row) is not { } definition)
            {
                if (_told.ContainsKey((name, row.Id)))
                    changes.Add(new RemovedDefinition(row.Id, name));
            }
            else if (!definition.Equals(_told.GetValueOrDefault((name, row.Id))))
                changes.Add(definition);
        }
        foreach (var id in _told.Keys.Where(key => key.Kind == name && table.Find(key.Id) is null).Select(key => key.Id).ToList())
            changes.Add(new RemovedDefinition(id, name));
    }

    private void Note(Definition change)
    {
        if (change is RemovedDefinition removed)
            _told.Remove((removed.Of, removed.Id));
        else
            _told[(Definition.KindOf(change), change.Id)] = change;
    }

    private async Task<long> AppendAsync(Definition[] definitions, CancellationToken cancellation)
    {
        using var batch = AppendBatch.Rent();
        batch.StartRecord();
        RulesRecord.Write(batch, Definition.WriteAll(definitions));
        batch.EndRecord();
        return (await journal.AppendAsync(batch, cancellation)).Offset;
    }

    private static FolderDefinition DefinitionOf(Folder folder) => new(folder.Id, folder.ParentFolderId, folder.TraitSid);

    private static SourceDefinition DefinitionOf(DataSource source) => new(
        source.Id, [.. new[] { source.IntegrationCode, source.CustomNamespaceCode }.OfType<string>().Where(code => code.Length > 0)],
        (int)Math.Min(36_500, source.CustomerProfileDataRetention / 86_400), source.SyncedTraitSid);

    // What is not active is not realized; what profiles hold of it stays.
    private static TraitDefinition? DefinitionOf(Trait trait) => RoleOf(trait) is { } role
        ? new(trait.Id, role, trait.Status == "ACTIVE" ? trait.TraitRule : null, trait.DataSourceId, trait.FolderId, (int)Math.Clamp(trait.Ttl, 0, 36_500)) : null;

    // There is no vendor of graphs here: an external one knows no device but the event's own.
    private static MergeRuleDefinition DefinitionOf(MergeRule rule) => new(
        rule.Id,
        rule.CrossDeviceOption switch
        {
            MergeRule.CurrentAuthenticated => CrossDeviceOption.CurrentAuthenticated,
            MergeRule.LastAuthenticated => CrossDeviceOption.LastAuthenticated,
            MergeRule.AllCrossDevice => CrossDeviceOption.All,
            _ => CrossDeviceOption.None,
        },
        rule.DeviceOption switch
        {
            MergeRule.ProfileLink => DeviceOption.ProfileLink,
            MergeRule.NoDevice => DeviceOption.None,
            _ => DeviceOption.Current,
        },
        rule.CrossDeviceDataSourceIds, rule.IsDefault);

    private static SegmentDefinition DefinitionOf(Segment segment) => new(segment.Id, segment.SegmentRule, segment.MergeRuleDataSourceId, segment.Status == "ACTIVE");

    private static TraitRole? RoleOf(Trait trait) => trait.TraitType switch
    {
        Trait.RuleBased => TraitRole.RuleBased,
        Trait.Onboarded => TraitRole.Onboarded,
        Trait.Algorithmic => TraitRole.Algorithmic,
        Trait.OfFolder => TraitRole.Folder,
        Trait.ActiveAudience => TraitRole.ActiveAudience,
        Trait.Synced => TraitRole.Synced,
        _ => null,
    };
}
