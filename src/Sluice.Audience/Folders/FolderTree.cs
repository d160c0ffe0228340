using System.Text.Json;
using Sluice.Access;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Folders;

/// <summary>The folders of one kind as the tree that clients read: a root with <c>subFolders</c> (contract audience.md 3.2).</summary>
internal sealed class FolderTree
{
    private readonly Dictionary<long, Folder> _byId;
    private readonly ILookup<long, Folder> _children;
    private readonly string _rootName;

    internal FolderTree(CatalogueSnapshot catalogue, EntityKind<Folder> kind)
    {
        _byId = catalogue.Table(kind).Rows.ToDictionary(folder => folder.Id);
        _children = _byId.Values.OrderBy(folder => folder.Name, StringComparer.OrdinalIgnoreCase).ToLookup(folder => folder.ParentFolderId);
        _rootName = kind == Kinds.TraitFolders ? "All Traits" : "All Segments";
    }

    internal bool Has(long folderId) => folderId == Folder.Root || _byId.ContainsKey(folderId);

    internal IEnumerable<Folder> ChildrenOf(long folderId) => _children[folderId];

    /// <summary>How many folders lie between the root and this one, itself counted; the root has 0.</summary>
    internal int DepthOf(long folderId)
    {
        var depth = 0;
        for (var at = folderId; at != Folder.Root && _byId.TryGetValue(at, out var folder); at = folder.ParentFolderId)
            depth++;
        return depth;
    }

    /// <summary>How many levels the folder and all below it take.</summary>
    internal int HeightOf(long folderId) => 1 + _children[folderId].Select(child => HeightOf(child.Id)).DefaultIfEmpty(0).Max();

    /// <summary>Whether <paramref name="folderId"/> is <paramref name="above"/> or lies below it.</summary>
    internal bool IsWithin(long folderId, long above)
    {
        for (var at = folderId; at != Folder.Root && _byId.TryGetValue(at, out var folder); at = folder.ParentFolderId)
        {
            if (at == above)
                return true;
        }
        return false;
    }

    internal string PathOf(long folderId) =>
        folderId == Folder.Root || !_byId.TryGetValue(folderId, out var folder) ? "/" + _rootName : PathOf(folder.ParentFolderId) + "/" + folder.Name;

    /// <summary>Writes a folder with what is below it.</summary>
    internal void Write(Utf8JsonWriter json, long folderId) => Write(json, folderId, PathOf(folderId));

    private void Write(Utf8JsonWriter json, long folderId, string path)
    {
        _byId.TryGetValue(folderId, out var folder);
        json.WriteStartObject();
        json.WriteNumber("folderId", folderId);
        json.WriteNumber("pid", Organisation.AccountId);
        json.WriteNumber("parentFolderId", folder?.ParentFolderId ?? Folder.Root);
        json.WriteString("name", folder?.Name ?? _rootName);
        json.WriteString("path", path);
        json.WriteNumber("folderCount", _children[folderId].Count());
        json.WriteStartArray("subFolders");
        foreach (var child in _children[folderId])
            Write(json, child.Id, path + "/" + child.Name);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
