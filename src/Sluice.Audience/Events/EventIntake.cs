using Microsoft.AspNetCore.Http;
using Sluice.Audience.Events.Answers;
using Sluice.Audience.Events.Ids;
using Sluice.Audience.Events.Reading;

namespace Sluice.Audience.Events;

/// <summary>The steps that all event calls share, up to knowing whom a call is about (contract audience.md 5.3, pipeline).</summary>
/// <param name="hosts">Environments by host.</param>
/// <param name="orgId">The organisation's id.</param>
/// <param name="options">What is allowed.</param>
/// <param name="denied">Ids that are ignored.</param>
internal sealed class EventIntake(EventHosts hosts, string orgId, AudienceOptions options, DenyList denied)
{
    private const string JsonWish = "d_rtbd=json";

    /// <summary>UUIDs and the organisation's MIDs.</summary>
    internal DeviceIds DeviceIds { get; } = new(orgId);

    /// <summary>Reads a call: its parameters, its environment, its organisation.</summary>
    /// <param name="http">The request.</param>
    /// <param name="text">Its parameters as they came; null when they were too long.</param>
    internal Arrival Open(HttpContext http, string? text)
    {
        var arrival = new Arrival(http)
        {
            WantsJson = (text ?? http.Request.QueryString.Value ?? "").Contains(JsonWish, StringComparison.OrdinalIgnoreCase) || (text is null && HttpMethods.IsPost(http.Request.Method)),
        };
        if (text is null)
            arrival.Stop(EventErrors.Unspecified, $"A query may have {EventBody.MaxQueryBytes} bytes and a body {EventBody.MaxBodyBytes}; nothing of the call was processed");
        else if (!RawPairs.TrySplit(text, out var pairs))
            arrival.Stop(EventErrors.NotEncoded);
        else if (!http.Request.Host.HasValue)
            arrival.Stop(EventErrors.NoHost);
        else if (hosts.Find(http.Request) is not { } environment)
            arrival.Stop(EventErrors.NoHostConfiguration);
        else
        {
            arrival.Enter(environment);
            arrival.Understand(pairs);
            if (arrival.Call.OrgId is { Length: > 0 } org && org != orgId)
                arrival.Stop(EventErrors.NoOrganisationConfiguration);
        }
        return arrival;
    }

    /// <summary>Stops a call that may not be processed: of a page that is not allowed, without consent, of a browser that opted out.</summary>
    internal void Admit(Arrival arrival)
    {
        if (arrival.IsStopped)
            return;
        if (!IsPageAllowed(arrival.Http.Request))
            arrival.Stop(EventErrors.RefererNotAllowed);
        else if (!ConsentString.Allows(arrival.Call.Gdpr, arrival.Call.Consent))
            arrival.Stop(EventErrors.ConsentDenied);
        else if (CookieOf(arrival) == VisitorCookie.OptedOut)
            arrival.Stop(EventErrors.OptedOut);
    }

    /// <summary>Finds out whom an event is about, and makes a device id when nothing tells one.</summary>
    internal void Identify(Arrival arrival)
    {
        if (arrival.IsStopped)
            return;
        FindDevice(arrival, CookieOf(arrival));
        if (arrival.IsStopped)
            return;
        FindIds(arrival);
        if (arrival.IsStopped)
            return;
        if (arrival.Device is null)
            (arrival.Device, arrival.IsNewDevice) = (DeviceIds.New(), true);
        else if (denied.Denies("0", DeviceIds.Format(arrival.Device.Value)))
        {
            arrival.Device = null;
            if (arrival.Ids.Count == 0)
                arrival.Stop(EventErrors.BlockedDevice);
            else
                arrival.Errors.Add(EventErrors.BlockedDevice);
        }
    }

    /// <summary>The device that a call or its cookie names; an id of a wrong form stops the call, for one made up in its place would be nobody's.</summary>
    internal void FindDevice(Arrival arrival, string? cookie)
    {
        var call = arrival.Call;
        if (call.Mid is not null)
        {
            if (DeviceIds.TryParse(call.Mid, out var mid))
                arrival.Device = DeviceIds.UuidOf(mid);
            else
                arrival.Stop(EventErrors.BadMid);
        }
        if (DeviceIds.TryParse(cookie, out var known))
            arrival.Device = known;
        if (call.Uuid is null)
            return;
        if (DeviceIds.TryParse(call.Uuid, out var uuid))
            arrival.Device = uuid;
        else
            arrival.Stop(EventErrors.BadUuid);
    }

    /// <summary>The id in the visitor's cookie; null without one, and where cookies are not wanted.</summary>
    private static string? CookieOf(Arrival arrival) => arrival.Call.IsCookieless ? null : VisitorCookie.Find(arrival.Http.Request);

    /// <summary>The host of the page that called; null when the browser does not say.</summary>
    internal static string? PageHostOf(HttpRequest request) =>
        Visit.HostOf(request.Headers.Referer.ToString()) ?? Visit.HostOf(request.Headers.Origin.ToString());

    private void FindIds(Arrival arrival)
    {
        var left = new List<DeclaredId>();
        foreach (var id in arrival.Call.Ids.Ids)
        {
            if (denied.Denies(id.Namespace, id.Value))
                arrival.Errors.Add(EventErrors.BlockedCustomerId, $"An id of data source {id.DataSource} is blocked");
            else
                left.Add(id);
        }
        arrival.Ids = left;
        if (left.Count > 0 || !arrival.Call.Ids.HasSeenAny || arrival.Call.Ids.Uuid is not null || arrival.Call.Ids.Mid is not null)
            return;
        if (arrival.Device is null)
            arrival.Stop(EventErrors.AllCustomerIdsInvalid); // a device made up for it would be nobody's
        else
            arrival.Errors.Add(EventErrors.AllCustomerIdsInvalid);
    }

    // A server's call names no page.
    private bool IsPageAllowed(HttpRequest request) =>
        options.EventPages.Count == 0 || PageHostOf(request) is not { } host || options.EventPages.Any(site => DestinationAnswer.IsOn(host, site));
}
