using Microsoft.AspNetCore.Identity;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>What became of a name and a password.</summary>
internal enum SignInOutcome
{
    /// <summary>They are right, and the user may come in.</summary>
    Accepted,

    /// <summary>They are not, or there is no such user.</summary>
    Wrong,

    /// <summary>Too many wrong ones: nobody looks at the password before the lock ends.</summary>
    Locked,

    /// <summary>Right, but an admin shut the user out.</summary>
    Inactive,

    /// <summary>Right, but the password is too old and must be changed first.</summary>
    Expired,

    /// <summary>Right, but the password was given for the first sign-in only and must be changed first.</summary>
    Temporary,

    /// <summary>Right, but a temporary password that was not changed in time; an admin gives a new one.</summary>
    TemporaryExpired,
}

/// <summary>Checks names and passwords, and locks after too many wrong ones.</summary>
/// <remarks>
/// Threading: checks of one name run one after the other, so that parallel guesses count; checks of all names run as many at a time as the
/// machine has cores, since each costs tens of milliseconds of one. A name that nobody has is counted and locked like any other, in memory.
/// </remarks>
internal sealed class PasswordCheck(SqlStore sql, SnapshotSource snapshots, AuditLog audit, AccessOptions options, TimeProvider clock) : IDisposable
{
    private const int Stripes = 64;
    private const int MaxStrangers = 4_096;

    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);
    private readonly PasswordHasher<string> _hasher = new();
    private readonly Dictionary<string, (int Failures, long LockedUntilMs)> _strangers = new(StringComparer.Ordinal);
    private readonly Lock _strangersTurn = new();
    private string? _nobodysHash;

    /// <summary>A hash to keep of a new password.</summary>
    internal string Hash(string username, string password) => _hasher.HashPassword(username, password);

    /// <summary>Checks and counts. <paramref name="address"/> and <paramref name="clientId"/> are for the audit log.</summary>
    internal async Task<(SignInOutcome Outcome, User? User)> CheckAsync(
        string username, string password, string clientId, string address, CancellationToken cancellation)
    {
        var turn = _turns[(uint)string.GetHashCode(User.KeyOf(username), StringComparison.Ordinal) % Stripes];
        await turn.WaitAsync(cancellation);
        try
        {
            await _cores.WaitAsync(cancellation);
            try
            {
                return await CheckInTurnAsync(username, password, clientId, address, cancellation);
            }
            finally
            {
                _cores.Release();
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var turn in _turns)
            turn.Dispose();
        _cores.Dispose();
    }

    private async Task<(SignInOutcome Outcome, User? User)> CheckInTurnAsync(
        string username, string password, string clientId, string address, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var state = await sql.ReadAsync(session => UserStore.FindPasswordAsync(session, username), cancellation);
        if (state is null or { Hash.Length: 0 })
            return (CheckStranger(username, password, now), null);
        if (state.LockedUntilMs > now)
            return (SignInOutcome.Locked, null);

        if (_hasher.VerifyHashedPassword(username, state.Hash, password) == PasswordVerificationResult.Failed)
            return (await CountFailureAsync(state, username, clientId, address, now, cancellation), null);
        if (state.Failures > 0 || state.LockedUntilMs > 0)
            await sql.WriteAsync(session => UserStore.SetFailuresAsync(session, state.UserId, 0, 0), cancellation);

        var user = snapshots.Current.Users.GetValueOrDefault(state.UserId);
        if (user is null)
        {
            await snapshots.ReloadAsync(cancellation); // made on another node a moment ago
            user = snapshots.Current.Users.GetValueOrDefault(state.UserId);
        }
        return user is null ? (SignInOutcome.Wrong, null) : (Judge(user, state, now), user);
    }

    private SignInOutcome Judge(User user, PasswordState state, long nowMs)
    {
        var age = TimeSpan.FromMilliseconds(nowMs - state.SetMs);
        return user.Document.Status != UserStatus.Active ? SignInOutcome.Inactive
            : state.IsTemporary ? age > options.TemporaryPasswordLifetime ? SignInOutcome.TemporaryExpired : SignInOutcome.Temporary
            : options.PasswordLifetime > TimeSpan.Zero && age > options.PasswordLifetime && !user.Document.ApiOnly ? SignInOutcome.Expired
            : SignInOutcome.Accepted;
    }

    private async Task<SignInOutcome> CountFailureAsync(
        PasswordState state, string username, string clientId, string address, long nowMs, CancellationToken cancellation)
    {
        var failures = (state.LockedUntilMs > 0 ? 0 : state.Failures) + 1; // a lock that ended begins anew
        var locks = failures >= options.LockAfter;
        var lockedUntil = locks ? nowMs + (long)options.LockDuration.TotalMilliseconds : 0;
        await sql.WriteAsync(async session =>
        {
            await UserStore.SetFailuresAsync(session, state.UserId, failures, lockedUntil);
            if (!locks)
                return;
            await ChangeLog.AddAsync(session, AccessChanges.Snapshot, "", clock);
            await audit.AddAsync(session, new AuditEntry
            {
                Kind = AuditKinds.Lock,
                Outcome = "done",
                Actor = username,
                ClientId = clientId,
                Subject = username,
                Address = address,
                Detail = $"{failures} wrong passwords",
            });
        }, cancellation);
        if (locks)
            await snapshots.ReloadAsync(cancellation); // lists show the lock
        return locks ? SignInOutcome.Locked : SignInOutcome.Wrong;
    }

    private SignInOutcome CheckStranger(string username, string password, long nowMs)
    {
        _nobodysHash ??= _hasher.HashPassword("", SecretHash.NewSecret());
        var key = User.KeyOf(username);
        if (IsStrangerLocked(key, nowMs))
            return SignInOutcome.Locked;
        _hasher.VerifyHashedPassword("", _nobodysHash, password); // takes as long as for a user

        lock (_strangersTurn)
        {
            var (failures, lockedUntil) = _strangers.GetValueOrDefault(key);
            failures = lockedUntil > 0 ? 1 : failures + 1;
            var locks = failures >= options.LockAfter;
            if (_strangers.Count >= MaxStrangers && !_strangers.ContainsKey(key))
                _strangers.Clear();
            _strangers[key] = (failures, locks ? nowMs + (long)options.LockDuration.TotalMilliseconds : 0);
            return locks ? SignInOutcome.Locked : SignInOutcome.Wrong;
        }
    }

    private bool IsStrangerLocked(string key, long nowMs)
    {
        lock (_strangersTurn)
            return _strangers.GetValueOrDefault(key).LockedUntilMs > nowMs;
    }
}
