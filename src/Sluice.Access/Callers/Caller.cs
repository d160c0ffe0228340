namespace Sluice.Access;

/// <summary>Who is calling, as a valid token says.</summary>
/// <param name="ClientId">The client the token was granted to.</param>
/// <param name="OrgId">The organisation it acts for.</param>
public sealed record Caller(string ClientId, string OrgId);
