using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>A refusal as the platform's API gateway words it: contract collection.md section 7.</summary>
internal sealed record PlatformRefusal([property: JsonPropertyName("error_code")] string ErrorCode, string Message);

/// <summary>A refusal as the Audience API words it: contract audience.md 1.4.</summary>
internal sealed record AudienceRefusal(string Code, string Message, IReadOnlyList<string> ChildMessages);

/// <summary>A refusal of gateway management.</summary>
internal sealed record GatewayRefusal(string Code, string Message, IReadOnlyList<string> Contexts);

/// <summary>A refusal of our own APIs: RFC 9457.</summary>
internal sealed record ProblemRefusal(string Type, string Title, int Status, string Detail);

/// <summary>Why a request is not let in, said in the shape its area's clients expect.</summary>
/// <param name="Status">401 or 403, 400 for a missing header, 404 for an environment that does not exist.</param>
/// <param name="PlatformCode">The code in the platform's table.</param>
/// <param name="Code">The code in the Audience API's style.</param>
/// <param name="Message">What a person reads.</param>
internal sealed record Refusal(int Status, string PlatformCode, string Code, string Message)
{
    /// <summary>The <c>WWW-Authenticate</c> header, on 401.</summary>
    internal string? Challenge { get; init; }

    /// <summary>Whether it comes from the API gateway in front of the original, which words it alike for all APIs.</summary>
    internal bool IsFromPlatform { get; init; }

    internal IResult In(AccessArea area, HttpContext http)
    {
        if (Challenge is not null)
            http.Response.Headers.WWWAuthenticate = Challenge;
        return area switch
        {
            AccessArea.Collection when Status == StatusCodes.Status404NotFound =>
                Json(new ProblemRefusal("about:blank", "Not Found", Status, Message), RefusalJson.Default.ProblemRefusal),
            AccessArea.Collection => Json(new PlatformRefusal(PlatformCode, Message), RefusalJson.Default.PlatformRefusal),
            AccessArea.Audience or AccessArea.Gateway when IsFromPlatform => Json(new PlatformRefusal(PlatformCode, Message), RefusalJson.Default.PlatformRefusal),
            AccessArea.Audience => Json(new AudienceRefusal(Code, Message, []), RefusalJson.Default.AudienceRefusal),
            AccessArea.Gateway => Json(new GatewayRefusal(Code, Message, []), RefusalJson.Default.GatewayRefusal),
            _ => AccessAnswers.Problem(Status, Message),
        };
    }

    private IResult Json<T>(T body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape) => Results.Json(body, shape, statusCode: Status);
}

/// <summary>How refusals look on the wire.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlatformRefusal))]
[JsonSerializable(typeof(AudienceRefusal))]
[JsonSerializable(typeof(GatewayRefusal))]
[JsonSerializable(typeof(ProblemRefusal))]
internal sealed partial class RefusalJson : JsonSerializerContext;
