using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Gives a new data folder its organisation, admin user, API client and legacy client, once.</summary>
internal static class FirstStart
{
    private const int MinimumSecretLength = 12; // below this a bootstrap file's secret could be guessed through the token endpoint
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Returns the path of the credentials file it wrote, or null when the installation already had its organisation.</summary>
    /// <exception cref="InvalidOperationException">The bootstrap file cannot be used; nothing was created.</exception>
    internal static async Task<string?> RunAsync(
        Installation installation, AccessOptions options, string? bootstrapFile, TimeProvider clock, CancellationToken cancellation)
    {
        if (await OrganisationStore.FindAsync(installation.Sql, cancellation) is not null)
            return null;

        var credentials = bootstrapFile is null ? Invent() : Read(bootstrapFile);
        var path = Path.Combine(installation.Folder, "credentials.json");

        // The file first: were the rows first, a crash between the two would leave secrets nobody ever saw.
        await WriteAsync(path, credentials, cancellation);
        await CreateAsync(installation.Sql, credentials, options, clock, cancellation);
        return path;
    }

    private static Credentials Invent() => new(
        Convert.ToHexString(RandomNumberGenerator.GetBytes(12)) + "@AdobeOrg",
        "sluice",
        new AdminCredentials("admin", Secret()),
        new ClientCredentials("api-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), Secret()),
        new ClientCredentials("legacy-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), Secret()));

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    private static Credentials Read(string file)
    {
        Credentials credentials;
        try
        {
            credentials = JsonSerializer.Deserialize(File.ReadAllBytes(file), AccessJson.Default.Credentials)
                ?? throw new InvalidOperationException($"{file} holds null instead of credentials.");
        }
        catch (JsonException error)
        {
            throw new InvalidOperationException($"{file} is not a bootstrap file: {error.Message}", error);
        }

        string[] secrets = [credentials.Admin.Password, credentials.Client.ClientSecret, credentials.LegacyClient.ClientSecret];
        return secrets.Any(secret => secret.Length < MinimumSecretLength)
            ? throw new InvalidOperationException($"{file}: every password and secret needs at least {MinimumSecretLength} characters.")
            : credentials;
    }

    private static async Task WriteAsync(string path, Credentials credentials, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        await using (var file = new FileStream(path, options))
        {
            await JsonSerializer.SerializeAsync(file, credentials, AccessJson.Default.Credentials, cancellation);
            file.Flush(flushToDisk: true);
        }
        Folder.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Gives the clients of a store that an older program made what clients have now, and the console its own.</summary>
    internal static Task CompleteAsync(SqlStore sql, Organisation organisation, TimeProvider clock, CancellationToken cancellation) =>
        sql.WriteAsync(async session =>
        {
            await ConsoleClient.AddAsync(session, clock.GetUtcNow().ToUnixTimeMilliseconds());
            foreach (var client in (await ClientStore.ListAsync(session)).Where(client => client.Document.GrantTypes.Count == 0))
            {
                var completed = Complete(client, organisation);
                await ClientStore.ChangeAsync(session, completed);
                if (completed.Kind == ClientKind.Api)
                    await TechnicalAccounts.AddAsync(session, completed, clock.GetUtcNow().ToUnixTimeMilliseconds());
            }
        }, cancellation);

    private static Task CreateAsync(SqlStore sql, Credentials credentials, AccessOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var organisation = new Organisation(credentials.OrgId, credentials.TenantId);
        return sql.WriteAsync(async session =>
        {
            await OrganisationStore.AddAsync(session, organisation, now);
            await AccountSettings.SetRoleBasedAsync(session, options.RoleBasedAccess);
            await UserStore.AddAsync(
                session, User.New(credentials.Admin.Username, new UserDocument(), now) with { IsAdmin = true },
                new PasswordHasher<string>().HashPassword(credentials.Admin.Username, credentials.Admin.Password));

            var client = await AddClientAsync(session, credentials.Client, "API client", ClientKind.Api, organisation, now);
            await TechnicalAccounts.AddAsync(session, client, now);
            await AddClientAsync(session, credentials.LegacyClient, "Legacy client", ClientKind.Legacy, organisation, now);
        }, cancellation);
    }

    private static async Task<Client> AddClientAsync(
        SqlSession session, ClientCredentials credentials, string name, ClientKind kind, Organisation organisation, long nowMs)
    {
        var client = Complete(new Client(credentials.ClientId, kind, name, "", new ClientDocument(), [], [], nowMs, nowMs), organisation);
        var salt = SecretHash.NewSalt();
        await ClientStore.AddAsync(session, client);
        await ClientStore.AddSecretAsync(
            session, client.ClientId, new ClientSecret(TechnicalAccounts.NewId("s"), salt, SecretHash.Of(salt, credentials.ClientSecret), nowMs, null));
        return client;
    }

    // The first API client is the operator's own, and so an admin's: without it nobody could add others by API.
    private static Client Complete(Client client, Organisation organisation) => client with
    {
        TechnicalAccount = client.Kind == ClientKind.Api ? TechnicalAccounts.NewName(organisation) : "",
        Document = client.Document with { GrantTypes = GrantTypes.PossibleFor(client.Kind), IsAdmin = client.Kind == ClientKind.Api },
    };
}
