using System.Diagnostics;
using System.Globalization;
using Sluice.Schemas;

namespace Sluice.Benchmarks;

/// <summary>
/// One run that gives the ratios of design section 5: our validation, a bare reader and ajv over the same bytes, in turns, so
/// that a busy machine slows them alike.
/// </summary>
internal static class ValidateRatio
{
    private const int Rounds = 9;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(400);

    public static int Run()
    {
        var schema = SampleEntities.Schema();
        foreach (bool compact in new[] { true, false })
        {
            byte[][] entities = SampleEntities.Read(compact);
            if (!entities.All(entity => schema.IsValid(entity)))
            {
                Console.Error.WriteLine("the sample entities do not satisfy the sample schema");
                return 1;
            }

            Console.WriteLine($"{(compact ? "compact" : "as in the file")}: {entities.Length} entities, {entities.Sum(entity => entity.Length)} bytes");
            Measure(schema, entities, compact);
        }

        return 0;
    }

    private static void Measure(CompiledSchema schema, byte[][] entities, bool compact)
    {
        var reader = new List<double>();
        var scanner = new List<double>();
        var ours = new List<double>();
        var ajv = new List<double>();
        for (int round = -1; round < Rounds; round++)
        {
            double read = Rate(entities, entity => ValidateBenchmarks.ReadAll(entity) > 0);
            double scanned = Rate(entities, Scan);
            double validated = Rate(entities, entity => schema.IsValid(entity));
            double? other = RunAjv(compact);
            if (round < 0)
                continue; // warm-up

            reader.Add(read);
            scanner.Add(scanned);
            ours.Add(validated);
            if (other is { } rate)
                ajv.Add(rate);
        }

        Print("bare Utf8JsonReader", reader, reader);
        Print("JsonScanner", scanner, reader);
        Print("IsValid", ours, reader);
        if (ajv.Count == 0)
        {
            Console.WriteLine("ajv: not measured; it wants node on the PATH and `npm ci` in bench/ajv");
            return;
        }

        Print("ajv: parse + validate", ajv, reader);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"IsValid / ajv: {Median(ours) / Median(ajv):F2}"));
    }

    private static bool Scan(byte[] entity)
    {
        int position = 0;
        return JsonScanner.TrySkipValue(entity, ref position, 100, out _);
    }

    // Messages a second.
    private static double Rate(byte[][] entities, Func<byte[], bool> work)
    {
        long start = Stopwatch.GetTimestamp();
        long messages = 0;
        while (Stopwatch.GetElapsedTime(start) < RoundTime)
        {
            for (int i = 0; i < 1000; i++)
            {
                foreach (byte[] entity in entities)
                    messages += work(entity) ? 1 : 0;
            }
        }

        return messages / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double? RunAjv(bool compact)
    {
        string script = SampleEntities.Find("bench/ajv/ajv.mjs");
        if (!Directory.Exists(Path.Combine(Path.GetDirectoryName(script)!, "node_modules", "ajv")))
            return null;

        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, SampleEntities.Read(compact).Select(entity => Convert.ToBase64String(entity)));
            var start = new ProcessStartInfo("node", [script, SampleEntities.SchemaFile, file]) { RedirectStandardOutput = true };
            using var node = Process.Start(start);
            if (node is null)
                return null;
            string answer = node.StandardOutput.ReadToEnd();
            node.WaitForExit();
            return double.TryParse(answer.Split(' ')[0], CultureInfo.InvariantCulture, out double rate) ? rate : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no node
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Print(string name, List<double> rates, List<double> baseline) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {name,-22} {Median(rates),12:N0} messages/s   {Median(rates) / Median(baseline):F2} x the bare reader"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
