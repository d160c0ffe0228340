using System.Buffers;
using System.Text.Json;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Bulk;

/// <summary>The families that bulk calls know, in the order in which most objects can be made: what others name comes first.</summary>
internal sealed class BulkFamilies(params IReadOnlyList<BulkFamily> families)
{
    internal IReadOnlyList<BulkFamily> All => families;

    internal BulkFamily? Find(string type) => families.FirstOrDefault(family => family.Kind.Name == type);

    /// <summary>An object as the API shows it.</summary>
    internal JsonDocument Read(EntityKind kind, Entity row, RowView view)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, ListAnswer.Format))
            families.First(family => family.Kind == kind).Write(json, row, view);
        return JsonDocument.Parse(bytes.WrittenMemory, new JsonDocumentOptions { MaxDepth = 512 });
    }
}
