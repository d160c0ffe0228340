using Microsoft.AspNetCore.Http;
using Sluice.Audience.Events.Answers;
using Sluice.Audience.Events.Ids;
using Sluice.Audience.Events.Reading;
using Sluice.Journal.Records;

namespace Sluice.Audience.Events;

/// <summary><c>GET</c> and <c>POST /id</c> (contract audience.md 5.3): tells a page or an app the organisation's id of its visitor, and links what it declares.</summary>
internal sealed class IdOperation(EventIntake intake, ProfileOrders orders, AudienceOptions options)
{
    private const string SyncLifeSeconds = "604800";

    internal async Task HandleAsync(HttpContext http)
    {
        EventAnswer.Allow(http);
        var arrival = intake.Open(http, await EventBody.ReadAsync(http));
        intake.Admit(arrival);
        intake.Identify(arrival);
        if (!arrival.IsStopped)
            await orders.ApplyAsync(arrival, ProfileCommand.Link);

        if (arrival.IsStopped || arrival.Device is not { } device)
        {
            await EventAnswer.WriteAsync(http, arrival.Errors, arrival.Callback, isJson: true, _ => { });
            return;
        }
        if (!arrival.Call.IsCookieless)
            VisitorCookie.Write(http, DeviceIds.Format(device));
        await EventAnswer.WriteAsync(http, arrival.Errors, arrival.Callback, isJson: true, json =>
        {
            json.WriteString("d_mid", DeviceIds.Format(intake.DeviceIds.MidOf(device)));
            json.WriteString("dcs_region", $"{options.Region}");
            json.WriteString("id_sync_ttl", SyncLifeSeconds);
            json.WriteString("d_blob", arrival.Call.Blob ?? "");
            json.WriteString("tid", EventAnswer.TidText(arrival.Tid));
        });
    }
}
