using Sluice.Schemas.Model;

namespace Sluice.Schemas.Compile;

/// <summary>
/// Sorts the schemas that all apply to one value into those that one node can say together and those that need their own:
/// two schemas with lengths, say, or properties beside another schema's <c>additionalProperties</c>.
/// </summary>
internal sealed class NodeParts
{
    private readonly KeywordReader _reader;
    private bool _hasStrings, _hasNumbers, _hasArrays, _hasObjects, _hasObjectsAlone;

    public NodeParts(KeywordReader reader, IEnumerable<SchemaPlace> places)
    {
        _reader = reader;
        foreach (var place in places)
            (TryJoin(place) ? Joined : Apart).Add(place);
    }

    /// <summary>The schemas of the node itself.</summary>
    public List<SchemaPlace> Joined { get; } = [];

    /// <summary>The schemas that look at the value again.</summary>
    public List<SchemaPlace> Apart { get; } = [];

    public JsonTypes Types { get; private set; } = JsonTypes.Any;

    public string TypeNames { get; private set; } = "";

    private bool TryJoin(SchemaPlace place)
    {
        bool strings = place.HasAny(SchemaKeywords.OfStrings);
        bool numbers = place.HasAny(SchemaKeywords.OfNumbers);
        bool arrays = place.HasAny(SchemaKeywords.OfArrays);
        bool alone = place.HasAny(SchemaKeywords.OfObjectsAlone);
        bool objects = alone || place.HasAny(SchemaKeywords.OfObjects);
        if ((strings && _hasStrings) || (numbers && _hasNumbers) || (arrays && _hasArrays)
            || (alone && _hasObjects) || (objects && _hasObjectsAlone))
            return false;

        var (types, names) = _reader.ReadType(place);
        if (names.Length > 0 && !TryNarrow(types, names))
            return false;

        _hasStrings |= strings;
        _hasNumbers |= numbers;
        _hasArrays |= arrays;
        _hasObjects |= objects;
        _hasObjectsAlone |= alone;
        return true;
    }

    private bool TryNarrow(JsonTypes types, string names)
    {
        if (TypeNames.Length == 0 || (types & Types) == types)
            (Types, TypeNames) = (types, names);
        else if ((types & Types) != Types)
            return false;
        return true;
    }
}
