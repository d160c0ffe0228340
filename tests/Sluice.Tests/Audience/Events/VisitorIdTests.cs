using System.Net;
using System.Text;
using Sluice.Audience.Events.Ids;
using Sluice.Journal.Records;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Events;

/// <summary><c>/id</c>, <c>/ibs:</c> and <c>/demoptout</c>: contract audience.md 5.3.</summary>
public sealed class VisitorIdTests(SharedEvents shared) : IClassFixture<SharedEvents>
{
    private const string Device = EventHouse.Device;

    // Whom the opt-outs are of: nobody else's.
    private const string Leaver = "77777777777777777777777777777777777777";

    private EventHouse House => shared.House;

    [Fact]
    [Contract("audience 5.3")]
    public async Task A_visitor_gets_the_organisations_id_which_is_the_same_each_time_and_leads_back()
    {
        var first = await House.GetAsync($"/id?d_visid_ver=5.5.0&d_rtbd=json&d_ver=2&d_orgid={Uri.EscapeDataString(House.OrgId)}&d_nsid=0");
        var cookie = Assert.Single(first.Cookies).Split(';')[0];
        var again = await House.GetAsync("/id?d_blob=abc", $"Cookie: {cookie}");
        var byMid = await House.PostAsync("/id", $"d_mid={first.Json["d_mid"]}");
        var script = await House.GetAsync("/id?d_cb=set", $"Cookie: {cookie}");

        Assert.Equal(["d_mid", "dcs_region", "id_sync_ttl", "d_blob", "tid"], first.Json.AsObject().Select(one => one.Key));
        Assert.Equal(("7", "604800"), ((string)first.Json["dcs_region"]!, (string)first.Json["id_sync_ttl"]!));
        Assert.All([again, byMid], reply => Assert.Equal((string)first.Json["d_mid"]!, (string)reply.Json["d_mid"]!));
        Assert.Equal("abc", (string)again.Json["d_blob"]!);
        Assert.Equal(cookie, Assert.Single(byMid.Cookies).Split(';')[0]);
        Assert.StartsWith("set({\"d_mid\":", script.Text, StringComparison.Ordinal);
        Assert.NotEqual(cookie, $"demdex={first.Json["d_mid"]}");
    }

    [Fact]
    public async Task Ids_that_a_visitor_call_declares_are_linked_with_the_device()
    {
        await House.GetAsync($"/id?d_uuid={Device}&d_cid_ic=crm%01ann%011");

        Assert.Equal($"Link {Device} {shared.Source}:ann:1", Order(House.Engine.Records[^1]));
    }

    [Theory]
    [InlineData("/id?d_mid=1", "101")]
    [InlineData("/id?d_orgid=x", "2")]
    [InlineData("/id?gdpr=1", "315")]
    [InlineData("/id?x=%", "311")]
    public async Task A_visitor_call_that_may_not_be_processed_gets_codes_and_no_id(string path, string codes)
    {
        var reply = await House.GetAsync(path);

        Assert.Equal((HttpStatusCode.OK, codes), (reply.Status, reply.Codes));
        Assert.Equal("errors", Assert.Single(reply.Json.AsObject()).Key);
    }

    [Fact]
    [Contract("audience 5.3")]
    public async Task A_partners_image_links_the_browser_and_leads_back_with_its_id()
    {
        var reply = await House.GetAsync(
            $"/ibs:dpid={shared.Source}&dpuuid=%C3%A4nn%2Bx&redir=https%3A%2F%2Fp.example%2Fsync%3Fid%3D%24%7BDD_UUID%7D%26k%3D1", $"Cookie: demdex={Device}");

        Assert.Equal(HttpStatusCode.Redirect, reply.Status);
        Assert.Equal($"https://p.example/sync?id={Device}&k=1", reply.Headers.Location!.OriginalString);
        Assert.Equal($"Link {Device} {shared.Source}:änn+x:0", Order(House.Engine.Records[^1]));
        Assert.StartsWith($"demdex={Device};", Assert.Single(reply.Cookies), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//p.example/${DD_UUID}", "https://p.example/" + Device)]
    [InlineData("http://p.example/a/b?u=${DD_UUID}", "http://p.example/a/b?u=" + Device)]
    public async Task An_address_that_was_not_encoded_leads_back_too(string redirect, string location)
    {
        var reply = await House.GetAsync($"/ibs:d_cid={shared.Source}%01ann%011&redir={redirect}", $"Cookie: demdex={Device}");

        Assert.Equal((HttpStatusCode.Redirect, location), (reply.Status, reply.Headers.Location!.OriginalString));
    }

    [Theory]
    [InlineData("dpid=999999&dpuuid=ann&redir=https%3A%2F%2Fevil.example", "302,104,300")]
    [InlineData("redir=https%3A%2F%2Fevil.example%2F%24%7BDD_UUID%7D", "300")]
    [InlineData("dpid={0}&dpuuid=ann&redir=javascript%3Aalert(1)", "0")]
    [InlineData("dpid={0}&dpuuid=ann&redir=%2Flocal", "0")]
    [InlineData("dpid={0}&dpuuid=ann", "")]
    [InlineData("dpid={0}&dpuuid=ann&gdpr=1&redir=https%3A%2F%2Fp.example", "315")]
    [InlineData("dpid={0}&dpuuid=%zz", "311")]
    public async Task Without_an_id_of_ours_or_an_address_it_stays_an_image(string parameters, string codes)
    {
        var reply = await House.GetAsync("/ibs:" + parameters.Replace("{0}", $"{shared.Source}", StringComparison.Ordinal), $"Cookie: demdex={Device}");

        Assert.Equal((HttpStatusCode.OK, "image/gif", codes), (reply.Status, reply.ContentType, reply.Codes));
    }

    [Fact]
    public async Task Where_hosts_for_syncs_are_configured_no_other_is_led_to()
    {
        await using var house = await EventHouse.StartAsync(options: new() { SyncHosts = [".p.example"] });
        var source = await house.AddSourceAsync();

        var partner = await house.GetAsync($"/ibs:dpid={source}&dpuuid=ann&redir=https%3A%2F%2Fwww.p.example%2F");
        var stranger = await house.GetAsync($"/ibs:dpid={source}&dpuuid=ann&redir=https%3A%2F%2Fp.example.evil.example%2F");

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK), (partner.Status, stranger.Status));
    }

    [Fact]
    [Contract("audience E7")]
    public async Task Who_opted_out_gets_171_and_no_id_from_then_on()
    {
        await using var house = await EventHouse.StartAsync();
        await SharedEvents.StockAsync(house);
        var before = await house.GetAsync($"/event?d_uuid={Device}&product=12&d_rtbd=json&d_cts=2");

        var optOut = await house.GetAsync($"/demoptout.jpg?d_uuid={Device}");
        var after = await house.GetAsync($"/event?d_uuid={Device}&product=12&d_rtbd=json&d_cts=2");
        var id = await house.GetAsync($"/id?d_uuid={Device}");

        Assert.Single(before.Json["segments"]!.AsArray());
        Assert.Equal((HttpStatusCode.OK, "image/gif", ""), (optOut.Status, optOut.ContentType, optOut.Codes));
        Assert.All([after, id], reply => Assert.Equal("""{"errors":[{"code":171,"msg":"Encountered opt out tag"}]}""", reply.Text));
    }

    [Theory]
    [InlineData("d_uuid={uuid}&d_cid={0}%01gone", "OptOut {uuid} ")]
    [InlineData("d_mid={mid}", "OptOut {uuid} ")]
    [InlineData("d_cid={0}%01gone&d_cid={0}%01away", "OptOut nobody {0}:gone:0 {0}:away:0")]
    [InlineData("d_cid_ic=crm%01gone", "OptOut nobody {0}:gone:0")]
    [InlineData("d_dpuuid=gone&d_dpid={0}", "OptOut nobody {0}:gone:0")]
    public async Task An_opt_out_is_of_the_ids_it_names_whatever_the_browsers_cookie(string query, string order)
    {
        var mid = DeviceIds.Format(new DeviceIds(House.OrgId).MidOf(UInt128.Parse(Leaver, System.Globalization.CultureInfo.InvariantCulture)));
        string Filled(string text) => text.Replace("{0}", $"{shared.Source}", StringComparison.Ordinal).Replace("{uuid}", Leaver, StringComparison.Ordinal).Replace("{mid}", mid, StringComparison.Ordinal);

        var reply = await House.GetAsync("/demoptout?" + Filled(query), $"Cookie: demdex={new string('1', 38)}");

        Assert.Equal((HttpStatusCode.OK, ""), (reply.Status, reply.Codes));
        Assert.Equal(Filled(order), Order(House.Engine.Records[^1]));
        Assert.Empty(reply.Cookies);
    }

    [Fact]
    public async Task An_opt_out_without_ids_is_of_the_browser_and_needs_neither_consent_nor_a_cookie()
    {
        var before = House.Engine.Records.Count;
        var stranger = await House.GetAsync("/demoptout?gdpr=1");
        var none = House.Engine.Records.Count;
        await House.GetAsync("/demoptout", $"Cookie: demdex={Leaver}");

        Assert.Equal(["demdex=NOTARGET", "dextp=NOTARGET"], stranger.Cookies.Select(one => one.Split(';')[0]));
        Assert.Equal(before, none);
        Assert.Equal($"OptOut {Leaver} ", Order(House.Engine.Records[^1]));
    }

    [Theory]
    [InlineData("d_uuid=1", "102")]
    [InlineData("d_mid=1", "101")]
    [InlineData("d_cid=999999%01ann", "302,104")]
    public async Task An_opt_out_of_ids_that_are_none_says_so_and_is_not_taken_for_one_of_the_browser(string query, string codes)
    {
        var before = House.Engine.Records.Count;

        var reply = await House.GetAsync($"/demoptout.jpg?{query}", $"Cookie: demdex={Device}");

        Assert.Equal((HttpStatusCode.OK, codes, before), (reply.Status, reply.Codes, House.Engine.Records.Count));
        Assert.Empty(reply.Cookies);
    }

    private static string Order(byte[] record)
    {
        Assert.True(ProfileCommandRecord.TryRead(record, out var order));
        var ids = new List<string>();
        foreach (var id in order.Identities)
            ids.Add($"{Encoding.UTF8.GetString(id.NamespaceCode)}:{Encoding.UTF8.GetString(id.Value)}:{(int)id.State}");
        return $"{order.Command} {(order.HasDevice ? DeviceIds.Format(order.Device) : "nobody")} {string.Join(' ', ids)}";
    }
}
