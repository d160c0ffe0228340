namespace Sluice.Access;

/// <summary>What the first start of a data folder creates, and the shape of <c>credentials.json</c> and of <c>--bootstrap FILE</c>.</summary>
public sealed record Credentials(string OrgId, string TenantId, AdminCredentials Admin, ClientCredentials Client, ClientCredentials LegacyClient);

/// <summary>The first user, who may do everything.</summary>
public sealed record AdminCredentials(string Username, string Password);

/// <summary>A program that asks for tokens.</summary>
public sealed record ClientCredentials(string ClientId, string ClientSecret);
