using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The client that the console signs its users in with: public, and known from the start, so that nobody has to register it.</summary>
internal static class ConsoleClient
{
    internal const string Id = "sluice-console";

    /// <summary>Where its users go back to: the console of this very server, whatever it is called from outside.</summary>
    internal static string RedirectOf(string issuer) => issuer + "/console/";

    internal static bool Is(Client client) => client.ClientId == Id;

    /// <summary>Adds it to a store that does not have it.</summary>
    internal static async Task AddAsync(SqlSession session, long nowMs)
    {
        if ((await ClientStore.ListAsync(session)).Any(Is))
            return;
        await ClientStore.AddAsync(session, new Client(
            Id, ClientKind.Legacy, "Console", "", new ClientDocument { Public = true, Trusted = true, GrantTypes = ClientRules.DefaultGrants(ClientKind.Legacy, isPublic: true) }, [], [], nowMs, nowMs));
    }
}
