using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Audience.Events.Answers;
using Sluice.Audience.Events.Ids;
using Sluice.Audience.Events.Reading;
using Sluice.Journal.Records;

namespace Sluice.Audience.Events;

/// <summary><c>GET /ibs:…</c> (contract audience.md 5.3): a partner's image links the browser with the partner's id, and may lead back with ours.</summary>
internal sealed class SyncOperation(EventIntake intake, ProfileOrders orders, AudienceOptions options)
{
    internal const string Prefix = "/ibs:";

    private const string UuidMacro = "${DD_UUID}";

    internal async Task HandleAsync(HttpContext http)
    {
        EventAnswer.Allow(http);
        var arrival = intake.Open(http, ParametersOf(http));
        intake.Admit(arrival);
        intake.Identify(arrival);
        if (!arrival.IsStopped && arrival.Ids.Count == 0)
            arrival.Stop(EventErrors.InvalidCustomerId, "There is no valid id to link");
        if (!arrival.IsStopped)
            await orders.ApplyAsync(arrival, ProfileCommand.Link);
        if (!arrival.IsStopped && arrival.Device is { } device)
        {
            var uuid = DeviceIds.Format(device);
            if (!arrival.Call.IsCookieless)
                VisitorCookie.Write(http, uuid);
            if (arrival.Call.Redirect is { Length: > 0 } redirect)
            {
                if (Target(redirect, uuid) is { } target)
                {
                    http.Response.StatusCode = StatusCodes.Status302Found;
                    http.Response.Headers.Location = target;
                    return;
                }
                arrival.Errors.Add(EventErrors.Unspecified, "redir must be an http or https address that is allowed");
            }
        }
        await EventAnswer.WriteAsync(http, arrival.Errors, null, isJson: false, _ => { });
    }

    /// <summary>What stands behind the colon, as it came: the framework would have decoded it.</summary>
    private static string? ParametersOf(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var at = target.IndexOf(Prefix, StringComparison.OrdinalIgnoreCase);
        return at < 0 || target.Length > EventBody.MaxQueryBytes ? null : target[(at + Prefix.Length)..];
    }

    private string? Target(string redirect, string uuid) =>
        Uri.TryCreate((redirect.StartsWith("//", StringComparison.Ordinal) ? "https:" : "") + redirect.Replace(UuidMacro, uuid, StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && (options.SyncHosts.Count == 0 || options.SyncHosts.Any(site => DestinationAnswer.IsOn(uri.IdnHost.ToLowerInvariant(), site)))
            ? uri.AbsoluteUri : null;
}
