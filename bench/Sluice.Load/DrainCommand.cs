using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Load;

/// <summary><c>drain</c>: a bare Kestrel that reads every body to its end and answers 207 with nothing: the ceiling that ingest is held against.</summary>
internal static class DrainCommand
{
    internal static Command Build()
    {
        var url = new Option<string>("--url") { Required = true };
        var command = new Command("drain", "Serves a bare Kestrel that only reads bodies.") { url };
        command.SetAction(async (parsed, cancellation) =>
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls(parsed.GetRequiredValue(url));
            await using var app = builder.Build();
            app.Run(async http =>
            {
                while (true)
                {
                    var read = await http.Request.BodyReader.ReadAsync();
                    http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted)
                        break;
                }
                http.Response.StatusCode = StatusCodes.Status207MultiStatus;
                http.Response.ContentLength = 0;
            });
            await app.StartAsync(cancellation);
            await app.WaitForShutdownAsync(cancellation);
        });
        return command;
    }
}
