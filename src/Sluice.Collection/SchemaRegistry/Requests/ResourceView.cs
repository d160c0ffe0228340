using System.Text.Json.Nodes;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>A resource as a client asked to see it: raw or whole, under either kind of names, with or without texts.</summary>
internal static class ResourceView
{
    /// <summary>The short form of lists.</summary>
    internal static JsonObject Short(JsonObject document) => new()
    {
        ["$id"] = document["$id"]?.DeepClone(),
        ["meta:altId"] = document["meta:altId"]?.DeepClone(),
        ["title"] = document["title"]?.DeepClone(),
        ["version"] = document["version"]?.DeepClone(),
    };

    /// <summary>References kept.</summary>
    internal static JsonObject Raw(RegistryLibrary library, RegistryResource resource, bool isPublished, string orgId)
    {
        var form = isPublished ? resource.Stored : resource.Compatible;
        return ServerMembers.AddTo(JsonObject.Create(form.Json)!, resource, library, orgId);
    }

    internal static JsonObject Write(RegistryLibrary library, RegistryResource resource, AcceptForm form, string orgId)
    {
        if (!form.IsFull)
            return Trim(Raw(library, resource, form.IsPublished, orgId), form);
        var descriptors = library.DescriptorsOf(resource.Id).ToList();
        var root = form.IsPublished ? ComposedSchema.Published(library, resource) : ComposedSchema.Of(library, resource).Root;
        var document = ServerMembers.AddTo(FullForm.Write(root, Deprecated(descriptors, form)), resource, library, orgId);
        if (form.Shape == "full-desc")
            document["meta:descriptors"] = new JsonArray([.. descriptors.Select(one => (JsonNode)DescriptorView.Whole(one, orgId))]);
        return Trim(document, form);
    }

    internal static JsonObject Write(UnionView union, AcceptForm form, string orgId)
    {
        var document = union.Write(orgId);
        if (!form.IsFull)
            return Trim(document, form);
        foreach (var (name, value) in FullForm.Write(union.Root(compatible: !form.IsPublished), []))
        {
            if (!document.ContainsKey(name))
                document[name] = value?.DeepClone();
        }
        document.Remove("allOf");
        return Trim(document, form);
    }

    private static string[] Deprecated(List<Descriptor> descriptors, AcceptForm form) => form.Shape == "deprecatefield"
        ? [.. descriptors.Where(one => one.Kind == Descriptor.Deprecated).Select(one => "/" + string.Join('/', one.Path))]
        : [];

    private static JsonObject Trim(JsonObject document, AcceptForm form)
    {
        if (!form.HasText)
            TextlessForm.Strip(document);
        return document;
    }
}

/// <summary>A descriptor as clients see it.</summary>
internal static class DescriptorView
{
    internal static JsonObject Whole(Descriptor one, string orgId)
    {
        var document = JsonObject.Create(one.Document)!;
        document["@id"] = one.Id;
        document["version"] = $"1.{one.Stamp.Version - 1}";
        document["imsOrg"] = orgId;
        document["meta:containerId"] = "tenant";
        document["created"] = one.Stamp.CreatedMs;
        document["createdClient"] = one.Stamp.CreatedBy;
        document["updated"] = one.Stamp.ModifiedMs;
        return document;
    }

    /// <summary>What of a client's body is the descriptor's own.</summary>
    internal static void Clean(JsonObject sent)
    {
        foreach (var member in new[] { "@id", "version", "imsOrg", "meta:containerId", "created", "createdClient", "createdUser", "updated", "updatedUser" })
            sent.Remove(member);
    }
}
