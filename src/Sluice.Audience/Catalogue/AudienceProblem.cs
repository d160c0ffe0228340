namespace Sluice.Audience.Catalogue;

/// <summary>Why a request is refused, as the Audience API says it (contract audience.md 1.4).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Message">For people.</param>
internal sealed record AudienceProblem(int Status, string Code, string Message)
{
    /// <summary>One line per field, rule or object that is in the way.</summary>
    internal IReadOnlyList<string> ChildMessages { get; init; } = [];

    internal static AudienceProblem Invalid(string message, params IReadOnlyList<string> children) =>
        new(400, "validation_error", message) { ChildMessages = children };

    internal static AudienceProblem NotFound(string what) => new(404, "not_found", $"There is no {what}");

    internal static AudienceProblem Forbidden(string message) => new(403, "forbidden", message);

    internal static AudienceProblem Limit(string message) => new(400, "resource_limit_exceeded", message);

    internal static AudienceProblem Conflict(string code, string message, params IReadOnlyList<string> children) =>
        new(409, code, message) { ChildMessages = children };
}

/// <summary>What a write came to: a value, or why not.</summary>
internal readonly record struct Outcome<T>(T? Value, AudienceProblem? Problem)
    where T : class
{
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(AudienceProblem problem) => new(null, problem);
}
