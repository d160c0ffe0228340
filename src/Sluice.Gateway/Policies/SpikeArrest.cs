using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Limits;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Keeps sudden crowds from a target: calls are spread evenly over the second or minute (contract gateway.md 7). Each node counts for itself.</summary>
/// <remarks>With UseEffectiveCount, calls are counted over the last second or minute instead, so that they may come at once.</remarks>
internal sealed class SpikeArrest : Policy
{
    private readonly Rate? _rate;
    private readonly VariableRef? _rateRef;
    private readonly LimitSubject _subject;
    private readonly bool _usesCount;
    private readonly int _status;

    internal SpikeArrest(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "Rate", "Identifier", "MessageWeight", "UseEffectiveCount");
        var rate = xml.Child("Rate");
        _rateRef = rate?.Ref() is { } name ? VariableRef.Of(name) : null;
        _rate = Rate.Read(rate?.Text);
        if (_rate is null && (_rateRef is null || rate!.Text is not null))
            context.Fault("InvalidAllowedRate", $"Rate is '{rate?.Text}'; it is a whole number followed by ps (per second) or pm (per minute)", (rate ?? xml).Spot);
        _subject = new LimitSubject(xml, context);
        _usesCount = xml.Flag("UseEffectiveCount", byDefault: false);
        _status = context.Services.Options.QuotaStatus;
    }

    internal override string? FailedPrefix => "ratelimit";

    internal override ValueTask<Fault?> RunAsync(FlowContext flow) => new(Check(flow));

    private Fault? Check(FlowContext flow)
    {
        if ((_rateRef?.GetText(flow) is { Length: > 0 } text ? Rate.Read(text) : _rate) is not { } rate)
            return new Fault("policies.ratelimit.FailedToResolveSpikeArrestRate", $"Failed to resolve Spike Arrest Rate reference {_rateRef?.Name} in SpikeArrest policy {Name}");
        if (_subject.WeightOf(flow, out var weight) is { } fault)
            return fault;
        var key = $"{flow.Proxy.Name}\nspike\n{Name}\n{rate.Text}\n{_subject.IdentifierOf(flow)}";
        var (limits, now) = (flow.Snapshot.Services.Limits, flow.Clock.GetUtcNow());
        var fits = _usesCount
            ? !limits.Take(key, new QuotaAsk(new QuotaPeriod(QuotaKind.RollingWindow, 1, rate.Unit, default), now, weight, rate.Calls, Counts: true, Enforces: true)).IsOver
            : limits.TryTake(key, now, rate.IntervalTicks, weight);
        return fits ? null : new Fault("policies.ratelimit.SpikeArrestViolation", $"Spike arrest violation. Allowed rate : {rate.Text}", _status);
    }

    /// <summary>So many calls per second or minute.</summary>
    private sealed record Rate(string Text, int Calls, QuotaUnit Unit)
    {
        // One call in each tick of the clock is the most that can be told apart.
        private const int MostCalls = 1_000_000;

        internal long IntervalTicks => (Unit == QuotaUnit.Second ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMinute) / Calls;

        internal static Rate? Read(string? text)
        {
            var (length, unit) = text switch
            {
                { } per when per.EndsWith("ps", StringComparison.Ordinal) => (per.Length - 2, QuotaUnit.Second),
                { } per when per.EndsWith("pm", StringComparison.Ordinal) => (per.Length - 2, QuotaUnit.Minute),
                _ => (0, default),
            };
            return int.TryParse(text.AsSpan(0, length), NumberStyles.None, CultureInfo.InvariantCulture, out var calls) && calls is > 0 and <= MostCalls ? new Rate(text!, calls, unit) : null;
        }
    }
}
