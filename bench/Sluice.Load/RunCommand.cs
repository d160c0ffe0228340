using System.CommandLine;
using System.Text.Json;

namespace Sluice.Load;

/// <summary><c>run</c>: one load against one address, its result as JSON.</summary>
internal static class RunCommand
{
    internal static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    internal static Command Build()
    {
        var url = new Option<string>("--url") { Description = "Where to send, on this machine.", Required = true };
        var body = new Option<FileInfo>("--body") { Description = "The file every request carries.", Required = true };
        var messages = new Option<int>("--messages") { Description = "Messages in that file.", DefaultValueFactory = _ => 1 };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 16 };
        var rate = new Option<double>("--rate") { Description = "Requests arriving per second; 0 = as fast as answered." };
        var warmUp = new Option<double>("--warm-up") { Description = "Seconds not counted.", DefaultValueFactory = _ => 2 };
        var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 10 };
        var command = new Command("run", "Sends one file again and again and prints what came of it as JSON.") { url, body, messages, connections, rate, warmUp, seconds };
        command.SetAction(async (parsed, cancellation) =>
        {
            var plan = new LoadPlan(
                new Uri(parsed.GetRequiredValue(url)), [await File.ReadAllBytesAsync(parsed.GetRequiredValue(body).FullName, cancellation)], parsed.GetValue(messages),
                parsed.GetValue(connections), parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(warmUp)), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            var result = await new LoadGenerator(plan).RunAsync(cancellation);
            Console.WriteLine(JsonSerializer.Serialize(result, Readable));
        });
        return command;
    }
}
