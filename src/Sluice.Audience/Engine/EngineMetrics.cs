using System.Diagnostics.Metrics;

namespace Sluice.Audience.Engine;

/// <summary>What operators see of the engines: how far behind the journal they are, and what waits.</summary>
internal sealed class EngineMetrics
{
    internal const string MeterName = "Sluice.Audience";

    public EngineMetrics(IMeterFactory meters, AudienceRuntime audience)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("sluice.audience.lag", () => Of(audience, engine => engine.Applier.LagBytes), "By", "Bytes of the journal that are not applied to profiles yet");
        meter.CreateObservableGauge("sluice.audience.waiting_calls", () => Of(audience, engine => engine.Waiters.Count), "{call}", "Event calls that wait until their record is applied");
        meter.CreateObservableGauge("sluice.audience.uncommitted", () => Of(audience, engine => engine.Profiles.Uncommitted), "{profile}", "Profiles changed and not in the database yet");
        meter.CreateObservableGauge("sluice.audience.profiles", () => Of(audience, engine => engine.Profiles.Count), "{profile}", "Profiles ever made");
        meter.CreateObservableGauge("sluice.audience.hot_profiles", () => Of(audience, engine => engine.Profiles.HotCount), "{profile}", "Profiles in memory");
        meter.CreateObservableCounter("sluice.audience.events", () => Of(audience, engine => engine.Applier.Applied), "{event}", "Events applied to profiles since the start");
        meter.CreateObservableCounter("sluice.audience.segment_changes", () => Of(audience, engine => engine.Profiles.ChangesEver), "{change}", "People who came into a segment or left one, ever");
    }

    private static IEnumerable<Measurement<long>> Of(AudienceRuntime audience, Func<AudienceEngine, long> value) =>
        audience.Environments.Where(environment => environment.Engine is not null)
            .Select(environment => new Measurement<long>(value(environment.Engine!), new KeyValuePair<string, object?>("environment", environment.Name.Value)));
}
