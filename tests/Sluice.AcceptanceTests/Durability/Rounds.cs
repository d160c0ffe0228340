using System.Globalization;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>How long the tests of this folder run: short within <c>dotnet test</c>, as long as asked by the entries below <c>eng/</c>.</summary>
internal static class Rounds
{
    private const int ShortForm = 3;

    internal static bool IsLongForm => Environment.GetEnvironmentVariable("SLUICE_CRASH_ROUNDS") is not null;

    internal static int Count => Read("SLUICE_CRASH_ROUNDS", ShortForm);

    internal static int Seed => Read("SLUICE_CRASH_SEED", 1);

    /// <summary>A line of the long form; the short one keeps silent.</summary>
    internal static void Say(string line)
    {
        if (IsLongForm)
            Console.WriteLine(line);
    }

    private static int Read(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
