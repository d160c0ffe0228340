namespace Sluice.Cli;

/// <summary>What the program ends with, whichever verb it was.</summary>
internal static class ExitCode
{
    internal const int Done = 0;

    /// <summary>It was not done; what is wrong is on stderr.</summary>
    internal const int Failed = 1;

    /// <summary>It was not begun: the arguments make no sense.</summary>
    internal const int Usage = 2;

    /// <summary>It was done, and part of it was refused.</summary>
    internal const int Partly = 3;

    /// <summary>Ctrl+C or SIGTERM ended it.</summary>
    internal const int Interrupted = 130;
}
