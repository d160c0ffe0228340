using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The organisation an installation belongs to.</summary>
/// <param name="OrgId">Such as <c>0123456789ABCDEF01234567@AdobeOrg</c>.</param>
/// <param name="TenantId">The word in schema ids and custom field names.</param>
public sealed record Organisation(string OrgId, string TenantId)
{
    /// <summary>The number of the account (PID) in the Audience API: an installation has one account.</summary>
    public const long AccountId = 1;
}

/// <summary>Reads and writes the one organisation row.</summary>
internal static class OrganisationStore
{
    internal static async Task<Organisation?> FindAsync(SqlStore sql, CancellationToken cancellation)
    {
        var row = await sql.ReadAsync(session => session.FindAsync<Row>("select org_id as OrgId, tenant_id as TenantId from organisation"), cancellation);
        return row is null ? null : new Organisation(row.OrgId, row.TenantId);
    }

    internal static Task AddAsync(SqlSession session, Organisation organisation, long nowMs) => session.ExecuteAsync(
        "insert into organisation (org_id, tenant_id, created_ms) values (@OrgId, @TenantId, @nowMs)",
        new { organisation.OrgId, organisation.TenantId, nowMs });

    private sealed class Row
    {
        public string OrgId { get; set; } = "";
        public string TenantId { get; set; } = "";
    }
}
