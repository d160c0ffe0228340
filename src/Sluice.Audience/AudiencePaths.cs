using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience;

/// <summary>Paths as clients of the original write them: slashes twice, a zero-width space; and an answer in this API's words where no route is (contract audience.md 2.2, 13).</summary>
internal sealed class AudiencePaths(RequestDelegate next)
{
    private const char ZeroWidthSpace = '\u200B'; // pasted from documents along with the path

    public async Task InvokeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        if ((path.Contains("//", StringComparison.Ordinal) || path.Contains(ZeroWidthSpace, StringComparison.Ordinal)) && Tidy(path) is var tidy && AudienceModule.Owns(tidy))
            http.Request.Path = tidy;
        await next(http);
        if (http.Response.StatusCode is 404 or 405 && !http.Response.HasStarted && http.Response.ContentType is null && AudienceModule.Owns(http.Request.Path))
            await AudienceAnswers.Refuse(Problem(http)).ExecuteAsync(http);
    }

    private static AudienceProblem Problem(HttpContext http) => http.Response.StatusCode == 404
        ? new AudienceProblem(404, "not_found", "There is no such path in this API; GET /v1/openapi.json lists all")
        : new AudienceProblem(405, "method_not_allowed", $"The path knows {http.Response.Headers.Allow} only");

    private static string Tidy(string path)
    {
        var tidy = new StringBuilder(path.Length);
        foreach (var letter in path)
        {
            if (letter != ZeroWidthSpace && (letter != '/' || tidy.Length == 0 || tidy[^1] != '/'))
                tidy.Append(letter);
        }
        return tidy.ToString();
    }
}
