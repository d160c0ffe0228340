using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Traits;

namespace Sluice.Audience.DataSources;

/// <summary>The source that owns the traits which the account has by itself (contract audience.md, Ruling 7).</summary>
internal static class AutomaticDataSource
{
    /// <summary>Makes it, and the traits that an account has by itself, when they are not there yet.</summary>
    internal static Task EnsureAsync(CatalogueStore catalogue, AccessRuntime access, CancellationToken cancellation) =>
        catalogue.Snapshot.Table(Kinds.TraitFolders).Rows.Any(folder => folder.IsReserved) ? Task.CompletedTask
        : catalogue.WriteAsync<DataSource>(FirstAdmin(access), dryRun: false, async draft =>
        {
            var automatic = draft.Current.Table(Kinds.DataSources).Rows.FirstOrDefault(one => one.IntegrationCode == DataSource.AutomaticCode)
                ?? await draft.AddAsync(Kinds.DataSources, new DataSource
                {
                    Name = $"AAM {access.Organisation.TenantId} Audiences",
                    Description = "Automatically generated trait data source",
                    IntegrationCode = DataSource.AutomaticCode,
                    DataExportRestrictions = ["PII"],
                    CustomerProfileDataRetention = DataSourceFamily.DefaultRetentionSeconds,
                    SamplingStartTime = draft.NowMs,
                    SamplingEndTime = draft.NowMs + DataSourceFamily.SamplingMs,
                });
            await SystemTraits.EnsureAsync(draft, automatic);
            return automatic;
        }, cancellation);

    // Clients look up who made an object among the users.
    private static long FirstAdmin(AccessRuntime access) => access.Accounts.All().FirstOrDefault(account => account.IsAdmin)?.UserId ?? 0;
}
