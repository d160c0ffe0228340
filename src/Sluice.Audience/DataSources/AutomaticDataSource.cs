using Sluice.Access;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.DataSources;

/// <summary>The source that owns the traits which the account has by itself (contract audience.md, Ruling 7).</summary>
internal static class AutomaticDataSource
{
    /// <summary>Makes it when it is not there yet.</summary>
    internal static Task EnsureAsync(CatalogueStore catalogue, AccessRuntime access, CancellationToken cancellation) =>
        catalogue.Snapshot.Table(Kinds.DataSources).Count > 0 ? Task.CompletedTask
        : catalogue.WriteAsync<DataSource>(FirstAdmin(access), dryRun: false, async draft =>
            draft.Current.Table(Kinds.DataSources).Rows.FirstOrDefault(one => one.IntegrationCode == DataSource.AutomaticCode)
            ?? await draft.AddAsync(Kinds.DataSources, new DataSource
            {
                Name = $"AAM {access.Organisation.TenantId} Audiences",
                Description = "Automatically generated trait data source",
                IntegrationCode = DataSource.AutomaticCode,
                DataExportRestrictions = ["PII"],
                CustomerProfileDataRetention = DataSourceFamily.DefaultRetentionSeconds,
                SamplingStartTime = draft.NowMs,
                SamplingEndTime = draft.NowMs + DataSourceFamily.SamplingMs,
            }), cancellation);

    // Clients look up who made an object among the users.
    private static long FirstAdmin(AccessRuntime access) => access.Accounts.All().FirstOrDefault(account => account.IsAdmin)?.UserId ?? 0;
}
