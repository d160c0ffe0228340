namespace Sluice.AcceptanceTests.Gateway;

/// <summary>What a request of a sample was answered, and what came of it elsewhere.</summary>
/// <param name="Calls">How often the sample's service was asked.</param>
/// <param name="Earlier">Bodies of the requests before it, by their titles.</param>
/// <param name="HasLogged">Whether the program's log has a text.</param>
internal sealed record SampleAnswer(
    int Status, IReadOnlyDictionary<string, string> Headers, string Body, int Calls, IReadOnlyDictionary<string, string> Earlier, Func<string, bool> HasLogged);
