using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.Audience;
using Sluice.Gateway;
using Sluice.Journal;
using Sluice.Storage;

namespace Sluice.Hosting;

/// <summary>The outermost handler: the world's faults become 503, ours become 500; both are logged once and named by a trace id.</summary>
internal static class FaultAnswers
{
    internal static void UseFaultAnswers(this WebApplication app) => app.UseExceptionHandler(new ExceptionHandlerOptions
    {
        SuppressDiagnosticsCallback = _ => true, // logged here, once, with what matters
        ExceptionHandler = async http =>
        {
            http.RequestServices.GetRequiredService<SafeHeaders>().SetOn(http); // the answer was cleared
            var failure = http.Features.Get<IExceptionHandlerFeature>()!.Error;
            if (failure is BadHttpRequestException bad)
            {
                await AnswerAsync(http, bad.StatusCode, ReasonPhrases.GetReasonPhrase(bad.StatusCode), bad.Message);
                return;
            }
            if (failure is StoreUnavailableException or JournalException or IOException)
            {
                app.Logger.ServedUnavailable(http.TraceIdentifier, failure);
                http.Response.Headers.RetryAfter = "5";
                await AnswerAsync(http, 503, "Service Unavailable", $"The store cannot serve now. Trace {http.TraceIdentifier}");
                return;
            }
            app.Logger.ServedFault(http.TraceIdentifier, failure);
            http.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = "Server Error"; // the wording of contract audience.md, Ruling 5
            await AnswerAsync(http, 500, "Internal Server Error", $"A fault of ours; the log has it. Trace {http.TraceIdentifier}");
        },
    });

    private static Task AnswerAsync(HttpContext http, int status, string title, string detail)
    {
        if (GatewayModule.Manages(http.Request.Path)) // before the Audience API, which has all else under /v1
            return GatewayModule.AnswerFaultAsync(http, status, detail);
        if (AudienceModule.Owns(http.Request.Path))
            return AudienceModule.AnswerFaultAsync(http, status, detail);
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new { type = "about:blank", title, status, detail });
    }
}
