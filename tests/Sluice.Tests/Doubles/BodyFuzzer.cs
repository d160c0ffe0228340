using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Tests.Doubles;

/// <summary>Breaks a valid request so that no message in it can be valid: each way keeps part of it whole, as real mistakes do.</summary>
public static class BodyFuzzer
{
    private static readonly string[] WrongValues =
        ["null", "[]", "7", "true", "{}", "1e999", "-0.0", "123456789012345678901234567890123456789012345678901234567890", "\"\\ud800\"", "[[[[1]]]]"];

    public static byte[] Break(byte[] valid, Random random) => random.Next(7) switch
    {
        0 => valid[..random.Next(valid.Length - 1)],
        1 => BadUtf8(valid, random),
        2 => Deep(random),
        3 => DuplicateKeys(valid, random),
        4 => WrongType(valid, random),
        5 => Garbage(valid, random),
        _ => RawBytes(random),
    };

    private static byte[] BadUtf8(byte[] valid, Random random)
    {
        // Between the letters of a value, where only the encoding can be at fault.
        var broken = valid.ToList();
        var at = Encoding.UTF8.GetString(valid).IndexOf("FUZZ", StringComparison.Ordinal) + random.Next(4);
        broken.InsertRange(at, random.Next(3) switch { 0 => [0xFF], 1 => [0xC0, 0x80], _ => [0xED, 0xA0, 0x80] });
        return [.. broken];
    }

    private static byte[] Deep(Random random)
    {
        var depth = random.Next(200, 50_000);
        var open = random.Next(2) == 0 ? "[" : "{\"messages\":";
        return Encoding.UTF8.GetBytes("{\"messages\":[" + string.Concat(Enumerable.Repeat(open, depth)));
    }

    private static byte[] DuplicateKeys(byte[] valid, Random random)
    {
        var text = Encoding.UTF8.GetString(valid);
        string[] keys = ["\"header\":", "\"body\":", "\"datasetId\":", "\"imsOrgId\":", "\"xdmEntity\":", "\"_id\":", "\"timestamp\":"];
        var key = keys[random.Next(keys.Length)];
        return Encoding.UTF8.GetBytes(text.Replace(key, key + "\"FUZZ\"," + key, StringComparison.Ordinal));
    }

    private static byte[] WrongType(byte[] valid, Random random)
    {
        var root = JsonNode.Parse(valid)!;
        var messages = root["messages"]?.AsArray().Select(one => one!).ToArray() ?? [root];
        string[][] paths =
        [
            ["header"], ["body"], ["header", "schemaRef"], ["header", "schemaRef", "id"], ["header", "datasetId"], ["header", "imsOrgId"],
            ["body", "xdmMeta"], ["body", "xdmMeta", "schemaRef"], ["body", "xdmEntity"], ["body", "xdmEntity", "_id"], ["body", "xdmEntity", "timestamp"],
        ];
        var path = paths[random.Next(paths.Length)];
        var wrong = WrongValues[random.Next(WrongValues.Length)];
        foreach (var message in messages)
        {
            var parent = path[..^1].Aggregate(message, (node, name) => node[name]!);
            parent[path[^1]] = "REPLACE-ME";
        }
        // A free string is a valid _id; keep the lone surrogate for the members that must be something else.
        if (path[^1] == "_id" && wrong.StartsWith('"'))
            wrong = "null";
        return Encoding.UTF8.GetBytes(root.ToJsonString().Replace("\"REPLACE-ME\"", wrong, StringComparison.Ordinal));
    }

    private static byte[] Garbage(byte[] valid, Random random)
    {
        // Structural characters swapped for others that cannot stand there.
        var broken = valid.ToArray();
        var places = Enumerable.Range(0, broken.Length).Where(at => broken[at] is (byte)':' or (byte)'{' or (byte)'}' or (byte)'[' or (byte)']')
            .Where(at => at > 0 && broken[at - 1] is (byte)'"' or (byte)'}' or (byte)':' or (byte)'[').ToArray();
        broken[places[random.Next(places.Length)]] = (byte)";=<%"[random.Next(4)];
        return broken;
    }

    private static byte[] RawBytes(Random random)
    {
        var bytes = new byte[random.Next(1, 400)];
        random.NextBytes(bytes);
        return bytes;
    }
}
