using Sluice.Schemas.Model;

namespace Sluice.Schemas.Compile;

/// <summary>Refuses schemas that apply themselves to the same value again: checking would never end.</summary>
internal static class NodeCycles
{
    /// <summary>Looks at every node. Recursion through properties and items is fine, since it consumes the instance.</summary>
    /// <exception cref="SchemaException">There is such a cycle.</exception>
    public static void Refuse(IEnumerable<SchemaNode> nodes)
    {
        var finished = new HashSet<SchemaNode>();
        var onPath = new HashSet<SchemaNode>();
        var path = new Stack<(SchemaNode Node, IEnumerator<SchemaNode> Following)>();
        foreach (var start in nodes)
        {
            Enter(start);
            while (path.TryPeek(out var top))
            {
                if (top.Following.MoveNext())
                {
                    Enter(top.Following.Current);
                    continue;
                }

                path.Pop();
                onPath.Remove(top.Node);
                finished.Add(top.Node);
            }
        }

        void Enter(SchemaNode node)
        {
            if (finished.Contains(node))
                return;
            if (!onPath.Add(node))
                throw new SchemaException(node.Location, "the schema applies itself to the same value without end");
            path.Push((node, SameValue(node).GetEnumerator()));
        }
    }

    private static IEnumerable<SchemaNode> SameValue(SchemaNode node) =>
        node.Combinations.SelectMany(combination => combination.Branches)
            .Concat((node.Objects?.Dependencies ?? []).Select(dependency => dependency.Node).OfType<SchemaNode>());
}
