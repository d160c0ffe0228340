using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.WebConsole;

/// <summary>The console's place among the routes: it hands out the files of the web app, which is a client of the public API like any other.</summary>
public static class ConsoleModule
{
    private const string Root = "/console";

    /// <summary>Maps <c>/console</c> and everything below it. A path that is no file is a page of the app, which reads it itself.</summary>
    public static IEndpointRouteBuilder MapConsole(this IEndpointRouteBuilder routes)
    {
        var files = ConsoleFiles.Carried;
        routes.MapMethods(Root + "/{**path}", [HttpMethods.Get, HttpMethods.Head], (Delegate)((HttpContext http) => files.ServeAsync(http, (string?)http.Request.RouteValues["path"] ?? "")));
        return routes;
    }
}
