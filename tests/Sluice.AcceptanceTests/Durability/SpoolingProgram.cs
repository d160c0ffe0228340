using System.Globalization;
using System.Text;
using Sluice.Client;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A user's program with a spooling producer: takes numbered messages as fast as the spool does and says which are on disk, until it is killed.</summary>
internal static class SpoolingProgram
{
    internal const string Verb = "spool-messages";
    internal const string Ready = "ready";

    private const int Writers = 8; // several share a flush

    internal static ProgramRun Start(Uri inlet, string folder, string template, int first) =>
        ProgramRun.StartProgram("Sluice.AcceptanceTests.dll", Verb, inlet.ToString(), folder, template, first.ToString(CultureInfo.InvariantCulture));

    /// <summary>The same, to send what the spool holds and end.</summary>
    internal static ProgramRun StartDraining(Uri inlet, string folder) => ProgramRun.StartProgram("Sluice.AcceptanceTests.dll", Verb, inlet.ToString(), folder);

    internal static async Task<int> RunAsync(string[] arguments)
    {
        await using var producer = await CollectionProducer.OpenAsync(new ProducerOptions
        {
            Inlet = new Uri(arguments[0]),
            MaxRequestMessages = 50,
            Linger = TimeSpan.FromMilliseconds(2),
            MaxBackOff = TimeSpan.FromMilliseconds(250),
            Spool = new SpoolOptions { Folder = arguments[1] },
        });
        await using var output = Console.OpenStandardOutput();
        var gate = new Lock();
        Say(Ready);
        if (arguments is [_, _, var template, var first])
        {
            var next = int.Parse(first, CultureInfo.InvariantCulture) - 1;
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
            {
                while (true)
                {
                    var number = Interlocked.Increment(ref next);
                    await producer.EnqueueAsync(Encoding.UTF8.GetBytes(SentMessage.Fill(template, number)));
                    Say(number.ToString(CultureInfo.InvariantCulture));
                }
            })));
        }
        await producer.FlushAsync();
        return 0;

        // Straight to the pipe: what a killed process has said, its parent reads.
        void Say(string line)
        {
            lock (gate)
                output.Write(Encoding.ASCII.GetBytes(line + "\n"));
        }
    }
}
