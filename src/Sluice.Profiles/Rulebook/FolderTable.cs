namespace Sluice.Profiles.Rulebook;

/// <summary>Which traits a folder trait answers for, and which folder traits a trait stands under.</summary>
internal sealed class FolderTable
{
    private readonly Dictionary<long, FolderDefinition> _folders = [];
    private readonly Dictionary<long, long> _folderOf = []; // by trait
    private readonly Dictionary<long, long> _ofTrait = []; // the folder, by its folder trait
    private readonly Dictionary<long, long[]> _below = []; // by folder trait, as far as somebody asked
    private readonly Dictionary<long, long[]> _above = []; // by trait, likewise

    internal IEnumerable<FolderDefinition> All => _folders.Values;

    internal void Put(FolderDefinition folder)
    {
        RemoveFolder(folder.Id);
        _folders[folder.Id] = folder;
        if (folder.TraitSid is { } sid)
            _ofTrait[sid] = folder.Id;
    }

    internal void RemoveFolder(long id)
    {
        if (_folders.Remove(id, out var folder) && folder.TraitSid is { } sid)
            _ofTrait.Remove(sid);
        Forget();
    }

    internal void PutTrait(long sid, long folderId)
    {
        if (_folderOf.TryGetValue(sid, out var known) && known == folderId)
            return;
        _folderOf[sid] = folderId;
        Forget();
    }

    internal void RemoveTrait(long sid)
    {
        if (_folderOf.Remove(sid))
            Forget();
    }

    /// <summary>The folder traits of the folders that a trait lies in, near ones first.</summary>
    internal IReadOnlyList<long> Above(long trait)
    {
        if (_ofTrait.ContainsKey(trait))
            return [];
        if (_above.TryGetValue(trait, out var known))
            return known;
        var above = new List<long>();
        var seen = new HashSet<long>();
        for (var folder = _folderOf.GetValueOrDefault(trait); _folders.TryGetValue(folder, out var here) && seen.Add(folder); folder = here.ParentId)
        {
            if (here.TraitSid is { } sid)
                above.Add(sid);
        }
        return _above[trait] = [.. above];
    }

    /// <summary>The traits that a folder trait answers for; null for any other trait.</summary>
    internal IReadOnlyList<long>? Below(long folderTrait)
    {
        if (!_ofTrait.ContainsKey(folderTrait))
            return null;
        if (_below.TryGetValue(folderTrait, out var known))
            return known;
        return _below[folderTrait] = [.. _folderOf.Keys.Where(trait => Above(trait).Contains(folderTrait)).Order()];
    }

    private void Forget()
    {
        _below.Clear();
        _above.Clear();
    }
}
