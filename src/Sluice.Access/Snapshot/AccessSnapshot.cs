using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Sluice.Access;

/// <summary>Everything that decides who may do what, as of one moment. Immutable: a request takes it once and keeps it.</summary>
internal sealed class AccessSnapshot
{
    private readonly FrozenDictionary<string, User> _usersByName;
    private readonly FrozenDictionary<string, User> _usersByClient;
    private readonly ConcurrentDictionary<long, EffectiveRights> _rights = new();

    internal AccessSnapshot(
        IEnumerable<Client> clients, IEnumerable<User> users, IEnumerable<Group> groups, IReadOnlyList<SigningKey> keys, bool isRoleBased)
    {
        Clients = clients.ToFrozenDictionary(client => client.ClientId, StringComparer.Ordinal);
        Users = users.ToFrozenDictionary(user => user.UserId);
        _usersByName = Users.Values.ToFrozenDictionary(user => User.KeyOf(user.Username), StringComparer.Ordinal);
        _usersByClient = Users.Values.Where(user => user.ClientId.Length > 0).ToFrozenDictionary(user => user.ClientId, StringComparer.Ordinal);
        Groups = groups.ToFrozenDictionary(group => group.GroupId);
        Keys = keys;
        IsRoleBased = isRoleBased;
    }

    internal static AccessSnapshot Empty { get; } = new([], [], [], [], true);

    internal FrozenDictionary<string, Client> Clients { get; }

    internal FrozenDictionary<long, User> Users { get; }

    internal FrozenDictionary<long, Group> Groups { get; }

    /// <summary>Newest first.</summary>
    internal IReadOnlyList<SigningKey> Keys { get; }

    /// <summary>Whether rights come from groups; else everybody may do everything but administration.</summary>
    internal bool IsRoleBased { get; }

    internal Client? FindClient(string clientId) => Clients.GetValueOrDefault(clientId);

    internal User? FindUser(string username) => _usersByName.GetValueOrDefault(User.KeyOf(username));

    /// <summary>The technical account of a client, once it has one.</summary>
    internal User? FindTechnicalAccount(string clientId) => _usersByClient.GetValueOrDefault(clientId);

    /// <summary>The groups a user is in, by their number.</summary>
    internal IReadOnlyList<long> GroupsOf(long userId) => [.. Groups.Values.Where(group => group.Users.Contains(userId)).Select(group => group.GroupId).Order()];

    /// <summary>What a user may do; null stands for a client that has no account yet.</summary>
    internal EffectiveRights RightsOf(User? user) =>
        user?.IsAdmin == true || !IsRoleBased ? EffectiveRights.Everything
        : user is null ? EffectiveRights.Nothing
        : _rights.GetOrAdd(user.UserId, id => EffectiveRights.Of(Groups.Values.Where(group => group.Users.Contains(id))));

    /// <summary>The key that signs now.</summary>
    internal SigningKey SigningKeyAt(long nowMs) =>
        Keys.FirstOrDefault(key => key.ActiveMs <= nowMs && key.RetiredMs is null) ?? Keys.First(key => key.RetiredMs is null);
}
