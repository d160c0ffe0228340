using System.Net;
using System.Text;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Events.Reading;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Events;

/// <summary>Whatever is sent to the event paths, the answer is 200 and nothing is thrown: contract audience.md 5.3.</summary>
public sealed class HostileEventTests(SharedEvents shared) : IClassFixture<SharedEvents>
{
    private static readonly string[] Pieces =
    [
        "&", "=", "%01", "%", "%zz", "%2", "%00", "%FF", "%C3%A4", "+", ",", ";", "d_cid=", "d_cid_ic=", "d_uuid=", "d_mid=", "d_orgid=", "d_sid=", "d_unsid=", "d_tdpid=", "d_tdpid_ic=", "d_rtbd=json",
        "d_cb=", "d_cts=2", "d_dst=1", "d_ptfm=", "d_dpid=", "d_dpuuid=", "gdpr=", "gdpr_consent=", "redir=", "d_coppa=1", "d_blob=", "1", "0", "2", "20914", "crm", "99999999999999999999999", "-1", EventHouse.Device,
        "a", "product=12", "p_x=1", "h_referer=", "__proto__", "'\"", "https://x.example/", "${DD_UUID}", "\u0001", "😀", "\ud800",
    ];

    [Fact]
    public void Random_parameters_are_understood_or_refused_and_nothing_is_thrown()
    {
        var random = new Random(12);
        var (split, refused) = (0, 0);
        for (var turn = 0; turn < 50_000; turn++)
        {
            if (!RawPairs.TrySplit(RandomText(random), out var pairs))
            {
                refused++;
                continue;
            }
            split++;
            var errors = new EventErrors();
            var call = EventCall.Read(pairs, CatalogueSnapshot.Empty, errors);
            Assert.InRange(call.Ids.Ids.Count, 0, 10);
            Assert.True(errors.All.Count <= 100);
            foreach (var signal in call.Signals)
                Assert.All(signal.Values, value => Assert.InRange(value.Length, 0, 3 * signal.Raw.Length));
        }
        Assert.InRange(split, 1_000, 49_000);
        Assert.InRange(refused, 1_000, 49_000);
    }

    [Theory]
    [InlineData("/event")]
    [InlineData("/id")]
    [InlineData("/demoptout")]
    [InlineData("/demoptout.jpg")]
    public async Task Every_answer_to_random_queries_is_200_and_as_described(string path)
    {
        var random = new Random(path.Length);
        for (var turn = 0; turn < 300; turn++)
        {
            var query = new string([.. RandomText(random).Where(letter => letter is > ' ' and < '\x7f' and not '#')]);

            var reply = await shared.House.GetAsync($"{path}?{query}", $"Cookie: demdex={(turn % 3 == 0 ? EventHouse.Device : "x")}");

            Assert.True(reply.Status == HttpStatusCode.OK, $"{(int)reply.Status} {path}?{query}");
        }
    }

    [Fact]
    public async Task Every_answer_to_a_random_body_is_200()
    {
        var random = new Random(6);
        for (var turn = 0; turn < 300; turn++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            byte[] body = turn % 2 == 0 ? bytes : Encoding.UTF8.GetBytes(RandomText(random));

            var reply = await shared.House.SendAsync(HttpMethod.Post, "/event", new ByteArrayContent(body));

            Assert.Equal(HttpStatusCode.OK, reply.Status);
        }
    }

    [Fact]
    public async Task Every_answer_to_a_random_partners_image_is_an_image_or_leads_to_a_web_address()
    {
        var random = new Random(7);
        for (var turn = 0; turn < 300; turn++)
        {
            var parameters = new string([.. RandomText(random).Where(letter => letter is > ' ' and < '\x7f' and not '#' and not '?' and not '/')]).Replace("%00", "", StringComparison.Ordinal);
            var reply = await shared.House.GetAsync($"/ibs:{(turn % 2 == 0 ? $"dpid={shared.Source}&dpuuid=a&" : "d_")}{parameters}");

            Assert.True(reply.Status == HttpStatusCode.OK || (reply.Status == HttpStatusCode.Redirect && reply.Headers.Location!.Scheme is "http" or "https"), parameters);
        }
    }

    [Fact]
    public async Task A_body_that_ends_too_early_or_never_was_one_is_answered_or_dropped_and_the_house_goes_on()
    {
        var address = new Uri(shared.House.Address);
        foreach (var request in (string[])
        [
            "POST /event HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nd_rtbd=json",
            "POST /event HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
            "GET /event?k=%\x01 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        ])
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
            if (request.Contains("Content-Length", StringComparison.Ordinal))
                client.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send); // the others are answered as they are
            Assert.DoesNotContain(" 500 ", await AnswerOfAsync(stream), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await shared.House.GetAsync("/event")).Status);
        Assert.Equal(0, shared.House.Log.CountOf("\"LogLevel\":\"Error\""));
    }

    private static async Task<string> AnswerOfAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        try
        {
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            return ""; // dropped with part of the request unread
        }
    }

    private static string RandomText(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => Pieces[random.Next(Pieces.Length)]));
}
