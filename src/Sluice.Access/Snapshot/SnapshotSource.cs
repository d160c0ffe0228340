using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Holds the snapshot that requests read, and builds it anew from SQL when something changed, here or on another node.</summary>
internal sealed class SnapshotSource(SqlStore sql) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private volatile AccessSnapshot _current = AccessSnapshot.Empty;

    /// <summary>The newest; take it once per request.</summary>
    internal AccessSnapshot Current => _current;

    /// <summary>Reads everything and swaps it in. A change that was committed before the call is in it when the call returns.</summary>
    internal async Task ReloadAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            _current = await sql.ReadAsync(
                async session => new AccessSnapshot(
                    await ClientStore.ListAsync(session), await UserStore.ListAsync(session), await GroupStore.ListAsync(session),
                    await SigningKeys.ListAsync(session, _current.Keys), await AccountSettings.IsRoleBasedAsync(session)),
                cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
