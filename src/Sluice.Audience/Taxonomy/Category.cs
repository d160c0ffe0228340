using System.Text.Json;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Taxonomy;

/// <summary>What a trait can be about: a category of the IAB Content Taxonomy 1.0, of its first or second tier (contract audience.md 3.10).</summary>
internal sealed record Category : Entity
{
    internal const long NoParent = 0;

    public long ParentId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";

    /// <summary>Those directly below, by id.</summary>
    public IReadOnlyList<Category> Children { get; init; } = [];

    /// <summary>All of them; never changes while the program runs.</summary>
    internal static EntityTable<Category> All { get; } = (EntityTable<Category>)EntityTable<Category>.Empty.WithAll(Read());

    private static IEnumerable<Category> Read()
    {
        using var file = typeof(Category).Assembly.GetManifestResourceStream("taxonomy/categories.json")!;
        foreach (var top in JsonSerializer.Deserialize(file, TaxonomyJson.Default.CategoryLineArray)!)
        {
            List<Category> below = [.. (top.Categories ?? []).Select(line => new Category
            {
                Id = line.Id,
                Version = 1,
                ParentId = top.Id,
                Name = line.Name,
                Description = $"{line.Name}, of {top.Name}",
            })];
            foreach (var child in below)
                yield return child;
            yield return new Category { Id = top.Id, Version = 1, Name = top.Name, Description = top.Description ?? "", Children = below };
        }
    }
}
