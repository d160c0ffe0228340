namespace Sluice.Demo;

/// <summary>The files of the repository's <c>samples</c> folder, carried inside the program.</summary>
internal static class Samples
{
    internal static string Read(string name)
    {
        using var stream = typeof(Samples).Assembly.GetManifestResourceStream("samples/" + name)
            ?? throw new FileNotFoundException($"The program carries no sample {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
