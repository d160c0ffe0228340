using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience;

/// <summary>How this door answers: objects, and refusals as <c>{code, message, childMessages}</c> (contract audience.md 1.4).</summary>
internal static class AudienceAnswers
{
    private const string ContentType = "application/json;charset=UTF-8";

    internal static IResult Refuse(AudienceProblem problem) => Json(problem.Status, json =>
    {
        json.WriteStartObject();
        json.WriteString("code", problem.Code);
        json.WriteString("message", problem.Message);
        json.WriteStartArray("childMessages");
        foreach (var line in problem.ChildMessages)
            json.WriteStringValue(line);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>One object, with its <c>ETag</c>.</summary>
    internal static IResult One<T>(HttpContext http, ReadFamily<T> family, T row, RowView view, int status)
        where T : Entity
    {
        http.Response.Headers.ETag = row.ETag;
        return Json(status, json => family.Fields.Write(json, row, view));
    }

    internal static IResult Json(int status, Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, ListAnswer.Format))
            write(json);
        return new Written(bytes.ToArray(), status);
    }

    private sealed class Written(byte[] body, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = ContentType;
            httpContext.Response.ContentLength = body.Length;
            return httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
        }
    }
}
