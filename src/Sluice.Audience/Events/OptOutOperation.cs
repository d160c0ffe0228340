using Microsoft.AspNetCore.Http;
using Sluice.Audience.Events.Answers;
using Sluice.Audience.Events.Ids;
using Sluice.Audience.Events.Reading;
using Sluice.Journal.Records;

namespace Sluice.Audience.Events;

/// <summary><c>GET /demoptout</c> and <c>/demoptout.jpg</c> (contract audience.md 5.3): of the ids it names or, without any, of the browser that asks.</summary>
internal sealed class OptOutOperation(EventIntake intake, ProfileOrders orders)
{
    internal async Task HandleAsync(HttpContext http)
    {
        EventAnswer.Allow(http);
        var arrival = intake.Open(http, await EventBody.ReadAsync(http));
        if (!arrival.IsStopped)
            await OptOutAsync(arrival);
        // Any 200 means done to whoever asks: one that could not be kept must be asked for again.
        if (arrival.IsUnkept)
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await EventAnswer.WriteAsync(http, arrival.Errors, arrival.Callback, arrival.WantsJson, _ => { });
    }

    // Neither consent nor the deny list stands in the way of somebody who wants to be left alone.
    private async Task OptOutAsync(Arrival arrival)
    {
        var isGlobal = !arrival.Call.NamesSomebody;
        if (isGlobal)
        {
            if (DeviceIds.TryParse(VisitorCookie.Find(arrival.Http.Request), out var known))
                arrival.Device = known;
            VisitorCookie.WriteOptOut(arrival.Http);
        }
        else
        {
            intake.FindDevice(arrival, cookie: null);
            if (!arrival.IsStopped && arrival.Device is null)
                arrival.Ids = arrival.Call.Ids.Ids; // a device that is named goes before them
        }
        if (arrival.IsStopped)
            return;
        if (arrival.Device is not null || arrival.Ids.Count > 0)
            await orders.ApplyAsync(arrival, ProfileCommand.OptOut);
        else if (!isGlobal)
            arrival.Stop(EventErrors.AllCustomerIdsInvalid);
    }
}
