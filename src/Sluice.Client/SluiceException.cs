namespace Sluice.Client;

/// <summary>A server's refusal of a call, in its own words.</summary>
public sealed class SluiceException : Exception
{
    internal SluiceException(Problem problem) : base(problem.Message)
    {
        Status = problem.Status;
        Type = problem.Type;
        Code = problem.Code;
        Errors = problem.Errors;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The refusal's <c>type</c>, an address that names its kind; null where the server gives none.</summary>
    public string? Type { get; }

    /// <summary>A short code, such as <c>XDM-1521-400</c>; null where the server gives none.</summary>
    public string? Code { get; }

    /// <summary>The single reasons, where one refusal has several.</summary>
    public IReadOnlyList<string> Errors { get; }
}
