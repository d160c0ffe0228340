using System.Buffers;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Events.Answers;
using Sluice.Audience.Events.Gathering;
using Sluice.Audience.Events.Ids;
using Sluice.Audience.Events.Reading;
using Sluice.Audience.Traits;
using Sluice.Journal.Records;

namespace Sluice.Audience.Events;

/// <summary><c>GET</c> and <c>POST /event</c> (contract audience.md 5.3): what a visitor did, in; what the visitor's segments send, out.</summary>
internal sealed class EventOperation(EventIntake intake, ProfileOrders orders, AudienceOptions options, TimeProvider clock)
{
    internal async Task HandleAsync(HttpContext http)
    {
        EventAnswer.Allow(http);

        // 1. What is said, and whether it may be processed.
        var arrival = intake.Open(http, await EventBody.ReadAsync(http));
        intake.Admit(arrival);

        // 2. Whom it is about.
        intake.Identify(arrival);
        if (arrival.IsStopped)
        {
            await AnswerAsync(arrival, null);
            return;
        }

        // 3. What rules look at; then the record, which the engine applies.
        var signals = EventSignals.Of(arrival.Call, http.Request, arrival.Catalogue);
        if (signals.IsCut)
            arrival.Errors.AddOnce(EventErrors.NotEvaluated, $"Only {EventSignals.MaxSignals} signals are taken, with keys of {EventSignals.MaxKeyCharacters} and values of {EventSignals.MaxValueCharacters} characters");
        var record = RecordOf(arrival, signals, signals.HasPrivate ? orders.EngineOf(arrival).RealizePrivate(signals.All) : []);
        var outcome = await orders.ApplyAsync(arrival, record);

        // 4. What the person's segments send.
        await AnswerAsync(arrival, outcome);
    }

    private ReadOnlyMemory<byte> RecordOf(Arrival arrival, EventSignals signals, IReadOnlyList<long> realizedByPrivate)
    {
        var marks = (arrival.Device is null ? EventMarks.None : EventMarks.Device) | (arrival.IsNewDevice ? EventMarks.NewDevice : EventMarks.None)
            | (arrival.Call.IsRestricted ? EventMarks.Restricted : EventMarks.None);
        var writer = new ArrayBufferWriter<byte>(1_024);
        new EventRecordFields
        {
            Marks = marks,
            Region = options.Region,
            PartitionHash = ProfileOrders.PartitionOf(arrival),
            Tid = arrival.Tid,
            Device = arrival.Device ?? 0,
            IdentityCount = arrival.Ids.Count,
            Identities = DeclaredId.Encode(arrival.Ids),
            SignalCount = signals.Recorded.Count,
            Signals = signals.Encode(),
            Direct = arrival.Call.Direct.Where(sid => IsRealizable(arrival.Catalogue, sid)).ToArray(),
            Removed = arrival.Call.Removed.Where(sid => IsRealizable(arrival.Catalogue, sid)).ToArray(),
            Private = realizedByPrivate.ToArray(),
            Restriction = arrival.Call.Restriction.ToArray(),
        }.WriteTo(writer);
        return writer.WrittenMemory;
    }

    // Folder traits follow from what is in the folder; those that an account has by itself, from being seen.
    private static bool IsRealizable(CatalogueSnapshot catalogue, long sid) =>
        catalogue.Find(Kinds.Traits, sid) is { Status: "ACTIVE", TraitType: Trait.RuleBased or Trait.Onboarded or Trait.Algorithmic };

    private Task AnswerAsync(Arrival arrival, EventOutcome? outcome)
    {
        var (isNobody, withUrls) = (arrival.IsStopped, !arrival.IsStopped && arrival.Call.WantsDestinations);
        if (isNobody)
            return EventAnswer.WriteAsync(arrival.Http, arrival.Errors, arrival.Callback, arrival.WantsJson, _ => { });

        var uuid = arrival.Device is { } device ? DeviceIds.Format(device) : null;
        if (uuid is not null && !arrival.Call.IsCookieless)
            VisitorCookie.Write(arrival.Http, uuid);
        return EventAnswer.WriteAsync(arrival.Http, arrival.Errors, arrival.Callback, arrival.WantsJson, json =>
        {
            EventAnswer.Write(json, outcome is null ? DestinationAnswer.Nothing : DestinationAnswer.Of(arrival.Catalogue, outcome.Segments, VisitOf(arrival), withUrls), withUrls);
            if (uuid is not null)
                json.WriteString("uuid", uuid);
            json.WriteNumber("dcs_region", options.Region);
            json.WriteString("tid", EventAnswer.TidText(arrival.Tid));
            if (arrival.Call.WantsTraits && options.AnswerTraits)
            {
                EventAnswer.Write(json, "traits", outcome?.Realized ?? []);
                EventAnswer.Write(json, "segments", outcome?.Segments ?? []);
            }
        });
    }

    private Visit VisitOf(Arrival arrival) => new()
    {
        PageHost = EventIntake.PageHostOf(arrival.Http.Request),
        Platform = arrival.Call.Platform,
        Uuid = arrival.Device is { } uuid ? DeviceIds.Format(uuid) : "",
        Mid = arrival.Device is { } device ? DeviceIds.Format(intake.DeviceIds.MidOf(device)) : "",
        Ids = arrival.Ids,
        Region = options.Region,
        Gdpr = arrival.Call.Gdpr,
        Consent = arrival.Call.Consent,
        Now = clock.GetUtcNow(),
    };
}
