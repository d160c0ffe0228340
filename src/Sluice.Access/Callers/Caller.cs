using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Who is calling, which account it is, and what it may do there; as of the moment the request came in.</summary>
public sealed class Caller
{
    private readonly Client? _client;
    private readonly User? _user;
    private readonly EffectiveRights _rights;
    private readonly string _environment = "";

    internal Caller(Organisation organisation, Client? client, User? user, AccessSnapshot snapshot, string scope)
    {
        Organisation = organisation;
        _client = client;
        _user = user;
        _rights = user is null && client?.Document.IsAdmin == true ? EffectiveRights.Everything : snapshot.RightsOf(user);
        IsReadOnly = scope == "read";
    }

    private Caller(Caller caller, User? user, string environment)
    {
        (Organisation, _client, _user, _rights, IsReadOnly) = (caller.Organisation, caller._client, user, caller._rights, caller.IsReadOnly);
        _environment = environment;
    }

    /// <summary>The client the token was granted to; empty for a user who came by name and password.</summary>
    public string ClientId => _client?.ClientId ?? "";

    /// <summary>The account it acts in: one per installation.</summary>
    public Organisation Organisation { get; }

    /// <summary>The organisation's id.</summary>
    public string OrgId => Organisation.OrgId;

    /// <summary>The user it acts as; null for a client whose technical account is not made yet (contract audience.md 1.2).</summary>
    public long? UserId => _user?.UserId;

    /// <summary>The name for lists and logs: the user's, else the client's id.</summary>
    public string Name => _user?.Username ?? ClientId;

    /// <summary>Whether it administers users, groups, clients and data sources, and sees everything of the account.</summary>
    public bool IsAdmin => _user?.IsAdmin ?? _client?.Document.IsAdmin ?? false;

    /// <summary>Whether its token was granted for reading only.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Whether it holds a wildcard, such as <c>VIEW_ALL_TRAITS</c> (contract audience.md section 6).</summary>
    public bool Has(string wildcard) => _rights.Has(wildcard);

    /// <summary>What it may do with an object: by wildcard, by a row on the object, or by a row on the object's data source.</summary>
    /// <param name="kind">The object's kind.</param>
    /// <param name="objectId">The object's id, or the data source's when the question is about the data source itself.</param>
    /// <param name="dataSourceId">The data source it belongs to; null for kinds that have none.</param>
    public ObjectRights RightsOn(ObjectKind kind, long objectId, long? dataSourceId) => _rights.On(_environment, kind, objectId, dataSourceId);

    /// <summary>This caller in an environment: rights on single objects hold there only.</summary>
    internal Caller In(EnvironmentName environment) => new(this, _user, environment.Value);

    /// <summary>This caller with the technical account that was made for it meanwhile.</summary>
    internal Caller As(User? account) => new(this, account, _environment);

    /// <summary>Whether neither the client nor the user is limited to other environments (contract audience.md, Ruling 9).</summary>
    public bool MayUse(EnvironmentName environment) => (_client?.MayUse(environment) ?? true) && (_user?.MayUse(environment) ?? true);

    /// <summary>The caller of a request that <see cref="AccessModule.RequireCaller{TBuilder}"/> let pass.</summary>
    public static Caller Of(HttpContext http) =>
        http.Features.Get<Caller>() ?? throw new UnreachableException("The route lacks RequireCaller.");
}
