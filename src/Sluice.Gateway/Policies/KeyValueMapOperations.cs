using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Maps;
using Sluice.Gateway.Variables;
using Sluice.Storage;

namespace Sluice.Gateway.Policies;

/// <summary>Reads, writes and deletes entries of a key value map, in the order of its elements (contract gateway.md 7).</summary>
internal sealed class KeyValueMapOperations : Policy
{
    private const string DefaultMap = "kvmap";
    private const string Private = "private.";

    // How long memory may answer; notes of other nodes come sooner.
    private static readonly TimeSpan DefaultExpiry = TimeSpan.FromSeconds(300);

    private readonly MapScope _scope;
    private readonly string? _map;
    private readonly VariableRef? _mapRef;
    private readonly TimeSpan _expiry;
    private readonly Operation[] _operations;

    internal KeyValueMapOperations(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "Scope", "MapName", "ExpiryTimeInSecs", "InitialEntries", "Put", "Get", "Delete");
        if (!Enum.TryParse(xml.ChildText("Scope") ?? nameof(MapScope.Environment), ignoreCase: true, out _scope) || !Enum.IsDefined(_scope))
            context.Fault("InvalidScope", $"Scope is '{xml.ChildText("Scope")}'; it is organization, environment, apiproxy or policy", xml.Child("Scope")!.Spot);
        var name = xml.Child("MapName");
        if (name is not null && xml.RawAttribute("mapIdentifier") is not null)
            context.Fault("InvalidMapName", $"The policy '{Name}' has both mapIdentifier and MapName", name.Spot);
        _mapRef = name?.Ref() is { } variable ? VariableRef.Of(variable) : null;
        _map = name is not null ? name.Text : (xml.RawAttribute("mapIdentifier") ?? DefaultMap).Trim();
        _expiry = int.TryParse(xml.ChildText("ExpiryTimeInSecs"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : DefaultExpiry;
        _operations = [.. xml.Children.Select(child => Operation.Read(child, context)).OfType<Operation>()];
        if (xml.Child("InitialEntries") is { } initial)
            ReadInitial(initial, context);
    }

    private enum MapScope
    {
        Organization,
        Environment,
        ApiProxy,
        Policy,
    }

    internal override string? FailedPrefix => "keyvaluemapoperations";

    internal override async ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        if ((_mapRef?.GetText(flow) is { Length: > 0 } named ? named : _map) is not { Length: > 0 } name || !BundleReader.IsName(name))
            return new Fault("steps.keyvaluemapoperations.UnsupportedOperationException", "mapIdentifier cannot be empty, and is a name: letters, digits, . _ - $ % and blank");
        var services = flow.Snapshot.Services;
        var store = _scope is MapScope.Organization or MapScope.ApiProxy ? services.OrganizationMaps : services.Maps;
        var map = new MapId(OwnerOf(flow.Proxy.Name), name);
        try
        {
            foreach (var operation in _operations)
            {
                if (await RunAsync(flow, store, map, operation) is { } fault)
                    return fault;
            }
            return null;
        }
        catch (StoreUnavailableException)
        {
            return new Fault("messaging.adaptors.http.flow.ServiceUnavailable", "The Service is temporarily unavailable", 503);
        }
    }

    private async ValueTask<Fault?> RunAsync(FlowContext flow, MapStore store, MapId map, Operation operation)
    {
        var key = operation.Key.Of(flow);
        // No entry has such a key, and none can get it.
        var isKey = key.Length is > 0 and <= MapStore.MaxKeyCharacters && !key.Contains('\0', StringComparison.Ordinal);
        switch (operation)
        {
            case Get get:
                return Assign(flow, get, isKey ? await store.ReadAsync(map, key, _expiry, flow.Cancellation) : default);
            case Put put when isKey && put.ValuesOf(flow) is { } values:
                return await store.PutAsync(map, new MapEntry(key, values), put.Overrides, flow.Cancellation) == PutOutcome.TooMany
                    ? new Fault("steps.keyvaluemapoperations.UnsupportedOperationException", $"The map {map.Name} has as many entries as it can have")
                    : null;
            case Put:
                return new Fault("steps.keyvaluemapoperations.UnsupportedOperationException", $"An entry of the map {map.Name} needs a key of at most {MapStore.MaxKeyCharacters} and a value of at most {MapStore.MaxValueCharacters} characters");
            default:
                if (isKey)
                    await store.RemoveEntryAsync(map, key, flow.Cancellation);
                return null;
        }
    }

    private Fault? Assign(FlowContext flow, Get get, MapReading reading)
    {
        if (reading.IsEncrypted && !get.AssignTo.Name.StartsWith(Private, StringComparison.Ordinal))
            return CannotSet(get);
        object? value = reading.Values switch
        {
            null => null,
            var values when get.Index > 0 => get.Index <= values.Length ? values[get.Index - 1] : null,
            [var single] => single,
            var values => (IReadOnlyList<string>)values,
        };
        return get.AssignTo.TrySet(flow, value) ? null : CannotSet(get);
    }

    private Fault CannotSet(Get get) => new("steps.keyvaluemapoperations.SetVariableFailed", $"Failed to set variable {get.AssignTo.Name} in KeyValueMapOperations policy {Name}; values of encrypted maps go to variables whose names begin with {Private}");

    private string OwnerOf(string proxy) => _scope switch
    {
        MapScope.ApiProxy => MapOwner.OfProxy(proxy),
        MapScope.Policy => MapOwner.OfPolicy(proxy, Name),
        _ => MapOwner.Whole,
    };

    private void ReadInitial(BundleElement initial, CompileContext context)
    {
        var entries = new List<MapEntry>();
        foreach (var entry in initial.All("Entry"))
        {
            var key = string.Join("__", (entry.Child("Key")?.All("Parameter") ?? []).Select(one => one.Text ?? ""));
            string[] values = [.. entry.All("Value").Select(one => one.Text).OfType<string>()];
            if (key.Length is 0 or > MapStore.MaxKeyCharacters)
                context.Fault("KeyIsMissing", $"An entry of InitialEntries has no key, or one of more than {MapStore.MaxKeyCharacters} characters", entry.Spot);
            else if (values.Length == 0 || values.Sum(value => value.Length) > MapStore.MaxValueCharacters)
                context.Fault("ValueIsMissing", $"The entry '{key}' of InitialEntries has no value, or one of more than {MapStore.MaxValueCharacters} characters", entry.Spot);
            else
                entries.Add(new MapEntry(key, values));
        }
        if (_map is not { Length: > 0 } name || !BundleReader.IsName(name))
            context.Fault("InvalidMapName", "InitialEntries need the map's name written out", initial.Spot);
        else
            context.AtDeploy(cancellation => SeedAsync(context, new MapId(OwnerOf(context.Bundle.Name), name), entries, cancellation));
    }

    private async Task SeedAsync(CompileContext context, MapId map, List<MapEntry> entries, CancellationToken cancellation)
    {
        var store = _scope is MapScope.Organization or MapScope.ApiProxy ? context.Services.OrganizationMaps : context.Services.Maps;
        foreach (var entry in entries)
            await store.PutAsync(map, entry, overrides: true, cancellation);
    }

    /// <summary>The parts of a key, each a text or a variable, joined by two underscores.</summary>
    private sealed class EntryKey(IReadOnlyList<(VariableRef? Variable, string Text)> parts)
    {
        internal string Of(FlowContext flow) => parts.Count == 1 ? Part(flow, parts[0]) : string.Join("__", parts.Select(part => Part(flow, part)));

        private static string Part(FlowContext flow, (VariableRef? Variable, string Text) part) => part.Variable?.GetText(flow) ?? part.Text;
    }

    /// <summary>One thing to do with one entry.</summary>
    private abstract record Operation(EntryKey Key)
    {
        internal static Operation? Read(BundleElement xml, CompileContext context)
        {
            if (xml.Name is not ("Get" or "Put" or "Delete"))
                return null;
            (VariableRef?, string Text)[] parts = [.. (xml.Child("Key")?.All("Parameter") ?? []).Select(Part)];
            if (parts.Length == 0 || parts.All(part => part is (null, "")))
                context.Fault("KeyIsMissing", $"{xml.Name} has no Key with a Parameter", xml.Spot);
            var key = new EntryKey(parts);
            return xml.Name switch
            {
                "Get" => ReadGet(xml, key, context),
                "Put" => ReadPut(xml, key, context),
                _ => new Delete(key),
            };
        }

        private static Get ReadGet(BundleElement xml, EntryKey key, CompileContext context)
        {
            var index = 0;
            if (xml.Attribute("index") is { } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index > 0))
                context.Fault("InvalidIndex", $"Invalid index {text} in Get; it is 1 or more", xml.Spot);
            if (xml.Attribute("assignTo") is null)
                context.Fault("InvalidVariableName", "Get does not say in assignTo which variable gets the value", xml.Spot);
            return new Get(key, VariableRef.Of(xml.Attribute("assignTo") ?? "value"), index);
        }

        private static Put ReadPut(BundleElement xml, EntryKey key, CompileContext context)
        {
            (VariableRef?, string)[] values = [.. xml.All("Value").Select(Part)];
            if (values.Length == 0)
                context.Fault("ValueIsMissing", "Put has no Value", xml.Spot);
            return new Put(key, values, xml.FlagAttribute("override", byDefault: false));
        }

        private static (VariableRef?, string Text) Part(BundleElement xml) => (xml.Ref() is { } name ? VariableRef.Of(name) : null, xml.Text ?? "");
    }

    private sealed record Get(EntryKey Key, VariableRef AssignTo, int Index) : Operation(Key);

    private sealed record Delete(EntryKey Key) : Operation(Key);

    private sealed record Put(EntryKey Key, IReadOnlyList<(VariableRef? Variable, string Text)> Values, bool Overrides) : Operation(Key)
    {
        /// <summary>The values to write, a variable of several as several; null when they are too long.</summary>
        internal string[]? ValuesOf(FlowContext flow)
        {
            var values = new List<string>();
            foreach (var (variable, text) in Values)
            {
                if (variable?.Get(flow) is IReadOnlyList<string> several)
                    values.AddRange(several);
                else
                    values.Add(variable?.GetText(flow) ?? text);
            }
            return values.Count > 0 && values.Sum(value => (long)value.Length + 1) <= MapStore.MaxValueCharacters + 1 ? [.. values] : null;
        }
    }
}
