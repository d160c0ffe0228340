using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Benchmarks;

/// <summary>
/// The entities of the sample messages and the schema for them. Reads the public data folder beside the repository, or the
/// folder named by the environment variable SLUICE_MESSAGES.
/// </summary>
internal static class SampleEntities
{
    /// <summary>The <c>xdmEntity</c> of each message of valid.json.</summary>
    /// <param name="compact">Without white space, as producers send them; otherwise as the file has them.</param>
    public static byte[][] Read(bool compact)
    {
        string folder = Environment.GetEnvironmentVariable("SLUICE_MESSAGES") ?? Find("shared/data/messages");
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "valid.json")));
        return
        [
            .. document.RootElement.GetProperty("messages").EnumerateArray().Select(message =>
            {
                var entity = message.GetProperty("body").GetProperty("xdmEntity");
                return compact ? JsonSerializer.SerializeToUtf8Bytes(entity) : System.Text.Encoding.UTF8.GetBytes(entity.GetRawText());
            }),
        ];
    }

    /// <summary>The sample schema, as the collection door compiles it.</summary>
    public static CompiledSchema Schema() => CompiledSchema.Compile(
        JsonElement.Parse(File.ReadAllBytes(SchemaFile)),
        new SchemaOptions { Dialect = SchemaDialect.Ingestion, RefuseUnknownFields = true });

    public static string SchemaFile => Find("samples/schemas/web-event.schema.json");

    /// <summary>A path below the folder of this program or below one that holds it.</summary>
    public static string Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, path);
            if (Path.Exists(candidate))
                return candidate;
        }

        throw new FileNotFoundException($"{path} is neither beside the repository nor in it");
    }
}
