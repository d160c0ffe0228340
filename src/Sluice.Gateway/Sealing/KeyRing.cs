using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Sluice.Storage;

namespace Sluice.Gateway.Sealing;

/// <summary>The keys that seal what is stored: random, in the installation's database, each wrapped by its data protection (contract gateway.md 1.7).</summary>
internal static class KeyRing
{
    private const string Purpose = "Sluice.Gateway.KeyRing";

    /// <summary>The keys by number; the first is made when there is none.</summary>
    internal static async Task<IReadOnlyDictionary<int, byte[]>> OpenAsync(SqlStore sql, IDataProtectionProvider protection, TimeProvider clock, CancellationToken cancellation)
    {
        var protector = protection.CreateProtector(Purpose);
        var rows = await sql.ReadAsync(Read, cancellation);
        if (rows.Count == 0)
        {
            // Another node may be first: then its key counts.
            var wrapped = protector.Protect(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Sealer.KeyBytes)));
            rows = await sql.WriteAsync(async session =>
            {
                await session.ExecuteAsync(
                    "insert into gateway_key (number, wrapped, created_ms) values (1, @wrapped, @now) on conflict (number) do nothing",
                    new { wrapped, now = clock.GetUtcNow().ToUnixTimeMilliseconds() });
                return await Read(session);
            }, cancellation);
        }
        return rows.ToDictionary(row => (int)row.Number, row => Convert.FromBase64String(protector.Unprotect(row.Wrapped)));
    }

    private static Task<List<KeyRow>> Read(SqlSession session) => session.QueryAsync<KeyRow>("select number as Number, wrapped as Wrapped from gateway_key order by number");

    private sealed class KeyRow
    {
        public long Number { get; set; }
        public string Wrapped { get; set; } = "";
    }
}
