using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Storage;

/// <summary>The numbered scripts of one area, embedded in an assembly as <c>migrations/{area}/{NNNN}-{what}.sql</c>.</summary>
/// <param name="Area">Whose tables these are, such as <c>collection</c>.</param>
/// <param name="Assembly">Where the scripts are embedded.</param>
public sealed record MigrationSet(string Area, Assembly Assembly)
{
    /// <summary>The scripts every database has: the sequence and migration tables.</summary>
    internal static MigrationSet Storage { get; } = new("storage", typeof(MigrationSet).Assembly);

    /// <summary>The scripts in the order of their numbers, with those written for another database left out.</summary>
    internal IEnumerable<Migration> For(string dialectSuffix)
    {
        var prefix = $"migrations/{Area}/";
        return
            from resource in Assembly.GetManifestResourceNames()
            where resource.StartsWith(prefix, StringComparison.Ordinal)
            let parts = resource[prefix.Length..].Split('.') // NNNN-what[.dialect].sql
            where parts.Length == 2 || parts[1] == dialectSuffix
            orderby resource
            select new Migration(Area, int.Parse(parts[0].AsSpan(0, 4), CultureInfo.InvariantCulture), resource, Read(resource));
    }

    private string Read(string resource)
    {
        using var reader = new StreamReader(Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

/// <summary>One script, with the number that says when it runs.</summary>
internal sealed record Migration(string Area, int Number, string Name, string Sql)
{
    /// <summary>Tells a script that was changed after it ran.</summary>
    internal string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}
