namespace Sluice.AcceptanceTests.Gateway;

/// <summary>A request of a <c>requests.http</c>, with the answer that its comments promise.</summary>
/// <param name="Title">What stands behind <c>###</c>.</param>
/// <param name="Line">The line of its method, from 1.</param>
/// <param name="Path">Path and query, below the host.</param>
/// <param name="AtOnce">How many of it are sent at the same time.</param>
/// <param name="Patience">For how long it is sent again until the answer is the promised one; zero for once.</param>
internal sealed record SampleRequest(
    string Title, int Line, string Method, string Path, IReadOnlyList<(string Name, string Value)> Headers, string? Body,
    IReadOnlyList<Expectation> Expectations, int AtOnce, TimeSpan Patience);
