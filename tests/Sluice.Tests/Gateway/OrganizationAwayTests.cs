using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>While the database is away: keys go on being verified, quotas count by node, maps answer from memory, management says 503.</summary>
public sealed class OrganizationAwayTests
{
    [Fact]
    [Contract("gateway 7", "gateway 3.7")]
    public async Task Without_the_database_what_a_node_knows_goes_on_counting()
    {
        await using var wire = await CuttableWire.OpenAsync();
        var folder = Directory.CreateTempSubdirectory("sluice-away-");
        await using (var desk = await GatewayDesk.OfAsync(await TestHouse.StartInAsync(folder.FullName, $"Storage:Postgres={wire.Connection}", "Gateway:AllowLoopbackTargets=true")))
        {
            await desk.DeployAsync("away", BundleText.Proxy("/away", null, "Verify Q Kvm", "Show")
                .Policy("""<VerifyAPIKey name="Verify"><APIKey ref="request.queryparam.apikey"/></VerifyAPIKey>""")
                .Policy("""<Quota name="Q" type="flexi"><Allow count="2"/><Interval>1</Interval><TimeUnit>day</TimeUnit><Identifier ref="client_id"/><Distributed>true</Distributed><Synchronous>true</Synchronous></Quota>""")
                .Policy("""<KeyValueMapOperations name="Kvm" mapIdentifier="urls"><Get assignTo="value"><Key><Parameter ref="request.queryparam.k"/></Key></Get></KeyValueMapOperations>""")
                .Policy("""<AssignMessage name="Show"><Set><Payload contentType="text/plain">{value}</Payload></Set></AssignMessage>"""));
            var key = ConsumerSample.KeyOf(await desk.NewAppAsync());
            await desk.CreateAsync("environments/production/keyvaluemaps", new JsonObject { ["name"] = "urls", ["entry"] = new JsonArray(new JsonObject { ["name"] = "a", ["value"] = "1" }) });
            var before = await desk.GetAsync($"/away?k=a&apikey={key}");

            wire.Cut();
            var known = await desk.GetAsync($"/away?k=a&apikey={key}");
            var unknown = await desk.GetAsync($"/away?k=b&apikey={key}");
            var over = await desk.GetAsync($"/away?k=a&apikey={key}");
            var (status, _) = await desk.ManageAsync("POST", "developers", new JsonObject { ["email"] = "new@example.com" });
            wire.Mend();
            var (mended, _) = await Until.SeenAsync(() => desk.ManageAsync("POST", "developers", new JsonObject { ["email"] = "new@example.com" }), answer => answer.Status != HttpStatusCode.ServiceUnavailable);

            Assert.Equal((200, "1"), before);
            Assert.Equal((200, "1"), known);
            Assert.Equal((503, "messaging.adaptors.http.flow.ServiceUnavailable"), (unknown.Status, ConsumerSample.CodeOf(unknown.Body)));
            Assert.Equal((429, "policies.ratelimit.QuotaViolation"), (over.Status, ConsumerSample.CodeOf(over.Body)));
            Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.Created), (status, mended));
        }
        folder.Delete(recursive: true);
    }
}
