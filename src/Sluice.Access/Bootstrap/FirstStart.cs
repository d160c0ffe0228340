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
    internal static async Task<string?> RunAsync(Installation installation, string? bootstrapFile, TimeProvider clock, CancellationToken cancellation)
    {
        if (await OrganisationStore.FindAsync(installation.Sql, cancellation) is not null)
            return null;

        var credentials = bootstrapFile is null ? Invent() : Read(bootstrapFile);
        var path = Path.Combine(installation.Folder, "credentials.json");

        // The file first: were the rows first, a crash between the two would leave secrets nobody ever saw.
        await WriteAsync(path, credentials, cancellation);
        await CreateAsync(installation.Sql, credentials, clock, cancellation);
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

    private static Task CreateAsync(SqlStore sql, Credentials credentials, TimeProvider clock, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return sql.WriteAsync(async session =>
        {
            await OrganisationStore.AddAsync(session, new Organisation(credentials.OrgId, credentials.TenantId), now);
            await ClientStore.AddAsync(session, credentials.Client, "API client", ClientKind.Api, now);
            await ClientStore.AddAsync(session, credentials.LegacyClient, "Legacy client", ClientKind.Legacy, now);
            await session.ExecuteAsync(
                """
                insert into account (account_id, username, password_hash, is_admin, created_ms)
                values (@id, @Username, @hash, @yes, @now)
                """,
                new
                {
                    id = await session.NextIdAsync("account"),
                    credentials.Admin.Username,
                    hash = new PasswordHasher<AdminCredentials>().HashPassword(credentials.Admin, credentials.Admin.Password),
                    yes = true,
                    now,
                });
        }, cancellation);
    }
}
