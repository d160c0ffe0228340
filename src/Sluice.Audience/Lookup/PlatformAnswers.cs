using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Lookup;

/// <summary>Refusals of the paths that are the platform's, in its words: <c>{type,title,status,detail}</c> (contract collection.md 4.1, 5.3).</summary>
internal static class PlatformAnswers
{
    internal static IResult Refuse(int status, string title, string detail) => AudienceAnswers.Json(status, json => Write(json, status, title, detail));

    /// <summary>Wrong input, titled as identity and profile paths do it.</summary>
    internal static IResult Invalid(string detail) => Refuse(400, "InvalidInput", detail);

    internal static IResult Refuse(AudienceProblem problem) => problem.Status == 415
        ? Refuse(415, "Unsupported Media Type", problem.Message) : Invalid(problem.Message);

    internal static IResult NotOffered(string detail) => Refuse(501, "Not Implemented", detail);

    internal static IResult NoEngine() => Refuse(503, "Service Unavailable", "This node applies no events");

    internal static void Write(Utf8JsonWriter json, int status, string title, string detail)
    {
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", title);
        json.WriteNumber("status", status);
        json.WriteString("detail", detail);
        json.WriteEndObject();
    }
}
