using System.Collections.Immutable;

namespace Sluice.Gateway.Consumers;

/// <summary>Developers, apps and products at one moment, found by what callers have of them. Never changes; a change makes the next one.</summary>
internal sealed record ConsumerSnapshot
{
    private static readonly ImmutableSortedDictionary<string, DeveloperApp> NoApps = ImmutableSortedDictionary.Create<string, DeveloperApp>(StringComparer.Ordinal);

    internal static readonly ConsumerSnapshot Empty = new();

    internal ImmutableSortedDictionary<string, Developer> ByEmail { get; private init; } = ImmutableSortedDictionary.Create<string, Developer>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, DeveloperApp> AppsById { get; private init; } = NoApps;

    internal ImmutableSortedDictionary<string, ProductAccess> Products { get; private init; } = ImmutableSortedDictionary.Create<string, ProductAccess>(StringComparer.Ordinal);

    private ImmutableDictionary<string, Developer> ById { get; init; } = ImmutableDictionary.Create<string, Developer>(StringComparer.Ordinal);

    private ImmutableDictionary<string, ImmutableSortedDictionary<string, DeveloperApp>> AppsByDeveloper { get; init; } =
        ImmutableDictionary.Create<string, ImmutableSortedDictionary<string, DeveloperApp>>(StringComparer.Ordinal);

    private ImmutableDictionary<string, DeveloperApp> AppsByKey { get; init; } = ImmutableDictionary.Create<string, DeveloperApp>(StringComparer.Ordinal);

    /// <summary>A developer by address or id.</summary>
    internal Developer? FindDeveloper(string name) => ById.GetValueOrDefault(name) ?? ByEmail.GetValueOrDefault(name.ToLowerInvariant());

    /// <summary>Apps of a developer, by name.</summary>
    internal ImmutableSortedDictionary<string, DeveloperApp> AppsOf(string developerId) => AppsByDeveloper.GetValueOrDefault(developerId, NoApps);

    /// <summary>Whose key it is; null for nobody's.</summary>
    internal KeyHolder? FindKey(string key) =>
        AppsByKey.GetValueOrDefault(key) is { } app && app.Find(key) is { } credential && ById.GetValueOrDefault(app.DeveloperId) is { } developer
            ? new KeyHolder(credential, app, developer)
            : null;

    /// <summary>All of it at once, as it is read at the start.</summary>
    internal static ConsumerSnapshot Of(IEnumerable<Developer> developers, IReadOnlyCollection<DeveloperApp> apps, IEnumerable<ApiProduct> products)
    {
        var all = developers.ToList();
        return Empty with
        {
            ById = Empty.ById.AddRange(all.Select(one => KeyValuePair.Create(one.DeveloperId, one))),
            ByEmail = Empty.ByEmail.AddRange(all.Select(one => KeyValuePair.Create(one.Email, one))),
            AppsById = NoApps.AddRange(apps.Select(one => KeyValuePair.Create(one.AppId, one))),
            AppsByDeveloper = Empty.AppsByDeveloper.AddRange(apps.GroupBy(one => one.DeveloperId).Select(group => KeyValuePair.Create(group.Key, NoApps.AddRange(group.Select(one => KeyValuePair.Create(one.Name, one)))))),
            AppsByKey = Empty.AppsByKey.AddRange(apps.SelectMany(app => app.Credentials.Select(one => KeyValuePair.Create(one.ConsumerKey, app)))),
            Products = Empty.Products.AddRange(products.Select(one => KeyValuePair.Create(one.Name, new ProductAccess(one)))),
        };
    }

    /// <summary>With a developer as it is now; null when there is none of that id any more, and so none of its apps.</summary>
    internal ConsumerSnapshot WithDeveloper(string id, Developer? now)
    {
        var next = this;
        if (ById.GetValueOrDefault(id) is { } before)
            next = next with { ById = next.ById.Remove(id), ByEmail = next.ByEmail.Remove(before.Email) };
        if (now is not null)
            return next with { ById = next.ById.SetItem(id, now), ByEmail = next.ByEmail.SetItem(now.Email, now) };
        foreach (var app in next.AppsOf(id).Values)
            next = next.WithApp(app.AppId, null);
        return next;
    }

    /// <summary>With an app as it is now; null takes it away.</summary>
    internal ConsumerSnapshot WithApp(string id, DeveloperApp? now)
    {
        var next = this;
        if (AppsById.GetValueOrDefault(id) is { } before)
            next = next with
            {
                AppsById = next.AppsById.Remove(id),
                AppsByKey = next.AppsByKey.RemoveRange(before.Credentials.Select(one => one.ConsumerKey)),
                AppsByDeveloper = next.AppsByDeveloper.SetItem(before.DeveloperId, next.AppsOf(before.DeveloperId).Remove(before.Name)),
            };
        return now is null ? next : next with
        {
            AppsById = next.AppsById.SetItem(id, now),
            AppsByKey = next.AppsByKey.SetItems(now.Credentials.Select(one => KeyValuePair.Create(one.ConsumerKey, now))),
            AppsByDeveloper = next.AppsByDeveloper.SetItem(now.DeveloperId, next.AppsOf(now.DeveloperId).SetItem(now.Name, now)),
        };
    }

    /// <summary>With a product as it is now; null takes it away.</summary>
    internal ConsumerSnapshot WithProduct(string name, ApiProduct? now) => this with { Products = now is null ? Products.Remove(name) : Products.SetItem(name, new ProductAccess(now)) };
}

/// <summary>Whose a key is.</summary>
internal sealed record KeyHolder(Credential Credential, DeveloperApp App, Developer Developer);
