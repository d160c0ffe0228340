using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Limits;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>How much a quota allows in which time, each written out or in a variable (contract gateway.md 7).</summary>
internal sealed class QuotaLimits
{
    private long? _count;
    private VariableRef? _countRef;
    private VariableRef? _class;
    private readonly Dictionary<string, long> _classes = new(StringComparer.Ordinal);
    private string? _interval;
    private VariableRef? _intervalRef;
    private string? _unit;
    private VariableRef? _unitRef;

    internal static QuotaLimits Read(BundleElement xml, CompileContext context, bool isRequired)
    {
        var limits = new QuotaLimits();
        foreach (var allow in xml.All("Allow"))
        {
            limits._count = Count(allow.Attribute("count") ?? allow.Text, allow, context);
            limits._countRef = allow.Ref("countRef") is { } name ? VariableRef.Of(name) : null;
            if (allow.Child("Class") is { } inner)
                limits.ReadClass(inner, context);
        }
        if (xml.Child("Class") is { } one)
            limits.ReadClass(one, context);
        limits.ReadPeriod(xml, context, isRequired);
        return limits;
    }

    /// <summary>The value of the class variable; null when there is none.</summary>
    internal string? ClassOf(FlowContext flow) => _class?.GetText(flow);

    /// <summary>How much is allowed: the class's, else the variable's, else what is written out; null when nothing says.</summary>
    internal long? AllowedOf(FlowContext flow) =>
        ClassOf(flow) is { } name && _classes.TryGetValue(name, out var ofClass) ? ofClass
        : long.TryParse(_countRef?.GetText(flow), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given
        : _count;

    /// <summary>The time; the fault when a variable has none.</summary>
    internal Fault? PeriodOf(FlowContext flow, string policy, out int interval, out QuotaUnit unit)
    {
        unit = default;
        if (!TryInterval(_intervalRef?.GetText(flow), out interval) && !TryInterval(_interval, out interval))
            return new Fault("policies.ratelimit.FailedToResolveQuotaIntervalReference", $"Failed to resolve quota interval reference {_intervalRef?.Name} in quota policy {policy}");
        if (!TryUnit(_unitRef?.GetText(flow), out unit) && !TryUnit(_unit, out unit))
            return new Fault("policies.ratelimit.FailedToResolveQuotaIntervalTimeUnitReference", $"Failed to resolve quota time unit reference {_unitRef?.Name} in quota policy {policy}");
        return null;
    }

    internal static bool TryInterval(string? text, out int interval) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out interval) && interval is > 0 and <= QuotaPeriod.MaxInterval;

    internal static bool TryUnit(string? text, out QuotaUnit unit)
    {
        unit = default;
        return text is { Length: > 0 } && char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out unit);
    }

    private void ReadPeriod(BundleElement xml, CompileContext context, bool isRequired)
    {
        var (interval, unit) = (xml.Child("Interval"), xml.Child("TimeUnit"));
        (_interval, _intervalRef) = (interval?.Text, interval?.Ref() is { } name ? VariableRef.Of(name) : null);
        (_unit, _unitRef) = (unit?.Text, unit?.Ref() is { } unitName ? VariableRef.Of(unitName) : null);
        if (_interval is null ? isRequired && _intervalRef is null : !TryInterval(_interval, out _))
            context.Fault("InvalidQuotaInterval", $"Interval is '{_interval}'; it is a whole number from 1 to {QuotaPeriod.MaxInterval}", (interval ?? xml).Spot);
        if (_unit is null ? isRequired && _unitRef is null : !TryUnit(_unit, out _))
            context.Fault("InvalidQuotaTimeUnit", $"TimeUnit is '{_unit}'; it is second, minute, hour, day, week or month", (unit ?? xml).Spot);
        // What only stands in for a product's quota may leave both out.
        if (!isRequired)
            (_interval, _unit) = (_interval ?? "1", _unit ?? nameof(QuotaUnit.Month));
    }

    private void ReadClass(BundleElement xml, CompileContext context)
    {
        _class = xml.Ref() is { } name ? VariableRef.Of(name) : null;
        foreach (var allow in xml.All("Allow"))
        {
            if (allow.Attribute("class") is { } one && Count(allow.Attribute("count"), allow, context) is { } count)
                _classes[one] = count;
        }
    }

    private static long? Count(string? text, BundleElement element, CompileContext context)
    {
        if (text is null)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return count;
        context.Fault("InvalidCount", $"The count of Allow is '{text}'; it is a whole number", element.Spot);
        return null;
    }
}
