using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Sluice.Audience.Catalogue;
using Sluice.Audience.DataSources;
using Sluice.Audience.Events.Reading;
using Sluice.Journal.Records;

namespace Sluice.Audience.Events.Ids;

/// <summary>Reads the declared ids of a call: resolves their data sources, checks and counts them, and says by code which are left out.</summary>
/// <param name="catalogue">The account's data sources.</param>
/// <param name="errors">Where to say so.</param>
internal sealed class DeclaredIdReader(CatalogueSnapshot catalogue, EventErrors errors)
{
    private const int MaxIds = 10;
    private const int MaxOfNamespace = 3;
    private const int MaxBytes = 512;
    private const int MaxLooked = 200; // ids beyond, valid or not, are not even looked at

    private static readonly ConditionalWeakTable<EntityTable<DataSource>, Dictionary<string, long>> Codes = [];

    private readonly List<DeclaredId> _ids = [];
    private int _looked;

    /// <summary>Those that stay.</summary>
    internal IReadOnlyList<DeclaredId> Ids => _ids;

    /// <summary>Whether any were declared.</summary>
    internal bool HasSeenAny => _looked > 0;

    /// <summary>A UUID that was declared as an id of data source 0.</summary>
    internal string? Uuid { get; private set; }

    /// <summary>A MID that was declared as an id of data source 4.</summary>
    internal string? Mid { get; private set; }

    /// <summary>The data source that goes by an integration code; null without one.</summary>
    internal static long? FindByCode(CatalogueSnapshot catalogue, string code) => Codes.GetValue(catalogue.Table(Kinds.DataSources), static table =>
    {
        var codes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var source in table.Rows.Where(one => !string.IsNullOrEmpty(one.IntegrationCode)))
            codes.TryAdd(source.IntegrationCode!, source.Id);
        return codes;
    }).TryGetValue(code, out var id) ? id : GlobalIds.Find(code);

    /// <summary>Reads a value of <c>d_cid</c> or <c>d_cid_ic</c>: data source, id, perhaps a state, and in old calls more of the like.</summary>
    internal void Read(string raw, bool isByCode)
    {
        var parts = raw.Split(RawPairs.IdSeparator);
        if (isByCode && parts is [var code, "0" or "1" or "2"])
            parts = [code, "", parts[1]]; // as mobile apps send it when there is no id
        for (var at = 0; at < parts.Length;)
        {
            var hasState = at + 2 < parts.Length && parts[at + 2] is "0" or "1" or "2";
            var state = hasState ? (AuthenticatedState)(parts[at + 2][0] - '0') : AuthenticatedState.Ambiguous;
            Add(RawPairs.Decode(parts[at]), isByCode, at + 1 < parts.Length ? RawPairs.Decode(parts[at + 1]) : "", state);
            at += hasState ? 3 : 2;
        }
    }

    /// <summary>Takes one id in.</summary>
    internal void Add(string source, bool isByCode, string value, AuthenticatedState state)
    {
        if (++_looked > MaxLooked)
        {
            errors.AddOnce(EventErrors.TooManyCustomerIds);
            return;
        }
        if (Find(source, isByCode) is { } dataSource)
            Add(dataSource, value, state);
    }

    private long? Find(string source, bool isByCode)
    {
        long number = 0;
        var found = isByCode ? FindByCode(catalogue, source)
            : long.TryParse(source, NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number : null;
        if (found is null)
            errors.Add(isByCode && source.Length > 0 ? EventErrors.ForeignDataSource : EventErrors.InvalidCustomerId, $"[{Shown(source)}] names no data source of this account");
        return found;
    }

    private void Add(long dataSource, string value, AuthenticatedState state)
    {
        // A catalogue that is older than the reservation of these ids may have given one away.
        var isGlobal = GlobalIds.IsReserved(dataSource) && catalogue.Find(Kinds.DataSources, dataSource) is null;
        if (isGlobal && !GlobalIds.IsAdvertising(dataSource))
        {
            if (dataSource == GlobalIds.Uuid)
                Uuid ??= value;
            else
                Mid ??= value;
            return;
        }
        if (FindFault(dataSource, isGlobal, value) is var (code, message))
        {
            errors.Add(code, message);
            return;
        }
        if (_ids.Exists(one => one.DataSource == dataSource && one.Value == value))
            return;
        if (_ids.Count(one => one.DataSource == dataSource) == MaxOfNamespace)
        {
            errors.Add(EventErrors.TooManyOfNamespace, $"There are more than {MaxOfNamespace} ids of data source {dataSource}; [{Shown(value)}] is left out");
            return;
        }
        if (_ids.Count == MaxIds)
        {
            errors.AddOnce(EventErrors.TooManyCustomerIds);
            errors.Add(EventErrors.CustomerIdDropped, $"[{Shown(value)}] of data source {dataSource} is left out");
            return;
        }
        _ids.Add(new DeclaredId(dataSource, value, state));
    }

    private (int Code, string Message)? FindFault(long dataSource, bool isGlobal, string value)
    {
        if (isGlobal)
            return GlobalIds.IsWellFormed(dataSource, value) ? null : (EventErrors.BadGlobalDeviceId, $"[{Shown(value)}] is no id of data source {dataSource}");
        if (catalogue.Find(Kinds.DataSources, dataSource) is not { } source)
            return (EventErrors.ForeignDataSource, $"Data source {dataSource} is not of this account");
        if (source.Status != "ACTIVE")
            return (EventErrors.BlockedDataSource, $"Data source {dataSource} is not active");
        return value.Length > 0 && Encoding.UTF8.GetByteCount(value) <= MaxBytes && !value.Contains(':', StringComparison.Ordinal) && !value.Any(char.IsControl)
            ? null : (EventErrors.InvalidCustomerId, $"[{Shown(value)}] is no valid id of data source {dataSource}");
    }

    private static string Shown(string value) => new([.. value.Take(40).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter)]);
}
