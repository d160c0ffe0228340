namespace Sluice.Collection.SchemaRegistry;

/// <summary>What an Accept header asks the registry for (contract collection.md 3.2).</summary>
internal static class AcceptForm
{
    internal enum Kind
    {
        Unknown,
        Id,
        Whole,
    }

    /// <summary>Takes <c>xed</c> and <c>xdm</c> alike, and gives whole documents to clients that ask for plain JSON or anything.</summary>
    internal static Kind Parse(string accept)
    {
        var media = accept.Split(';')[0].Trim().ToLowerInvariant();
        return media switch
        {
            "" or "*/*" or "application/*" or "application/json" => Kind.Whole,
            "application/vnd.adobe.xed-id+json" or "application/vnd.adobe.xdm-id+json" => Kind.Id,
            "application/vnd.adobe.xed+json" or "application/vnd.adobe.xdm+json"
                or "application/vnd.adobe.xed-full+json" or "application/vnd.adobe.xdm-full+json" => Kind.Whole,
            _ => Kind.Unknown,
        };
    }
}
