using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Limits;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Lets through so many calls in a time (contract gateway.md 7): those that do not fit are refused, and not counted.</summary>
/// <remarks>
/// Distributed and Synchronous on PostgreSQL: one counter over all nodes, asked with every call. In every other case (not distributed, or with an
/// asynchronous configuration, or on SQLite) each node counts for itself, in memory.
/// </remarks>
internal sealed class Quota : Policy
{
    private const long DefaultCount = 2_000; // where a policy says nothing

    private readonly QuotaKind _kind;
    private readonly DateTimeOffset _start;
    private readonly QuotaLimits _limits;
    private readonly QuotaLimits? _byDefault;
    private readonly (VariableRef Limit, VariableRef Interval, VariableRef Unit)? _product;
    private readonly LimitSubject _subject;
    private readonly bool _counts;
    private readonly bool _enforces;
    private readonly bool _isShared;
    private readonly string _scope;
    private readonly int _status;
    private readonly (string Allowed, string Used, string Available, string Exceed, string TotalExceed, string Expiry, string Identifier, string Class, string ClassAllowed) _variables;

    internal Quota(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(
            xml, "Allow", "Class", "Interval", "TimeUnit", "Identifier", "MessageWeight", "StartTime", "Distributed", "Synchronous", "AsynchronousConfiguration",
            "PreciseAtSecondsLevel", "CountOnly", "EnforceOnly", "SharedName", "UseQuotaConfigInAPIProduct");
        if (!Enum.TryParse(xml.Attribute("type") ?? nameof(QuotaKind.Default), ignoreCase: true, out _kind) || !Enum.IsDefined(_kind))
            context.Fault("InvalidQuotaType", $"The type of the quota '{Name}' is '{xml.Attribute("type")}'; it is calendar, flexi, rollingwindow or default", xml.Spot);
        _start = ReadStart(xml, context);
        var product = xml.Child("UseQuotaConfigInAPIProduct");
        _limits = QuotaLimits.Read(xml, context, isRequired: product is null);
        _byDefault = product?.Child("DefaultConfig") is { } config ? QuotaLimits.Read(config, context, isRequired: true) : null;
        if (product?.Attribute("stepName") is { } step)
            _product = (Of($"verifyapikey.{step}.apiproduct.developer.quota.limit"), Of($"verifyapikey.{step}.apiproduct.developer.quota.interval"), Of($"verifyapikey.{step}.apiproduct.developer.quota.timeunit"));
        _subject = new LimitSubject(xml, context);
        _counts = !xml.Flag("EnforceOnly", byDefault: false);
        _enforces = !xml.Flag("CountOnly", byDefault: false);
        if (!_counts && !_enforces)
            context.Fault("InvalidQuotaUse", $"The quota '{Name}' has both CountOnly and EnforceOnly", xml.Spot);
        _isShared = xml.Flag("Distributed", byDefault: false) && xml.Flag("Synchronous", byDefault: false);
        _scope = xml.ChildText("SharedName") is { } shared ? "shared\n" + shared : "policy\n" + Name;
        _status = context.Services.Options.QuotaStatus;
        var prefix = $"ratelimit.{Name}.";
        _variables = (prefix + "allowed.count", prefix + "used.count", prefix + "available.count", prefix + "exceed.count", prefix + "total.exceed.count",
            prefix + "expiry.time", prefix + "identifier", prefix + "class", prefix + "class.allowed.count");
    }

    internal override string? FailedPrefix => "ratelimit";

    internal override async ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        // :: 1. how much is allowed in which time
        var fault = LimitsOf(flow, out var allowed, out var interval, out var unit);
        fault ??= _subject.WeightOf(flow, out _);
        if (fault is not null)
            return fault;
        _subject.WeightOf(flow, out var weight);

        // :: 2. whether this call fits
        var identifier = _subject.IdentifierOf(flow);
        var key = string.Create(CultureInfo.InvariantCulture, $"{flow.Proxy.Name}\n{_scope}\n{_kind}\n{interval}\n{unit}\n{identifier}");
        var ask = new QuotaAsk(new QuotaPeriod(_kind, interval, unit, _start), flow.Clock.GetUtcNow(), weight, allowed, _counts, _enforces);
        var limits = flow.Snapshot.Services.Limits;
        var verdict = _isShared ? await limits.TakeSharedAsync(key, ask, flow.Cancellation) : limits.Take(key, ask);

        // :: 3. what came of it
        Tell(flow, identifier, allowed, verdict);
        return verdict.IsOver ? new Fault("policies.ratelimit.QuotaViolation", $"Rate limit quota violation. Quota limit  exceeded. Identifier : {identifier}", _status) : null;
    }

    private Fault? LimitsOf(FlowContext flow, out long allowed, out int interval, out QuotaUnit unit)
    {
        // The product's quota counts when its key was verified and it has one; else the default configuration, else the policy's own.
        if (_product is { } product && long.TryParse(product.Limit.GetText(flow), NumberStyles.None, CultureInfo.InvariantCulture, out allowed)
            && QuotaLimits.TryInterval(product.Interval.GetText(flow), out interval) && QuotaLimits.TryUnit(product.Unit.GetText(flow), out unit))
            return null;
        var limits = _product is not null && _byDefault is not null ? _byDefault : _limits;
        allowed = limits.AllowedOf(flow) ?? DefaultCount;
        return limits.PeriodOf(flow, Name, out interval, out unit);
    }

    private void Tell(FlowContext flow, string identifier, long allowed, QuotaVerdict verdict)
    {
        var exceeded = ValueText.Box(verdict.IsOver ? 1 : 0);
        flow.SetOwn(_variables.Allowed, allowed);
        flow.SetOwn(_variables.Used, verdict.Used);
        flow.SetOwn(_variables.Available, Math.Max(allowed - verdict.Used, 0));
        flow.SetOwn(_variables.Exceed, exceeded);
        flow.SetOwn(_variables.TotalExceed, exceeded);
        flow.SetOwn(_variables.Expiry, verdict.ExpiresMs);
        flow.SetOwn(_variables.Identifier, identifier);
        if (_limits.ClassOf(flow) is not { } name)
            return;
        flow.SetOwn(_variables.Class, name);
        flow.SetOwn(_variables.ClassAllowed, allowed);
    }

    private DateTimeOffset ReadStart(BundleElement xml, CompileContext context)
    {
        var element = xml.Child("StartTime");
        if (_kind != QuotaKind.Calendar)
        {
            if (element?.Text is not null)
                context.Faults.Warn("StartTimeNotSupported", "Only quotas of type calendar have a StartTime; it is passed over", element.Spot);
            return default;
        }
        if (DateTimeOffset.TryParseExact(element?.Text, ["yyyy-M-d H:m:s", "yyyy-M-d"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite, out var start))
            return start;
        context.Fault("InvalidStartTime", $"StartTime is '{element?.Text}'; a quota of type calendar has one such as 2026-01-31 00:00:00", (element ?? xml).Spot);
        return default;
    }

    private static VariableRef Of(string name) => VariableRef.Of(name);
}
