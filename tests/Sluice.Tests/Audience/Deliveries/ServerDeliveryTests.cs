using System.Globalization;
using Sluice.Audience.Deliveries.Send;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Deliveries;

/// <summary>What a partner's server is told, and when (contract audience.md 5.6).</summary>
[Contract("audience 5.6")]
public sealed class ServerDeliveryTests
{
    private const string Device = DeliveryHouse.Device;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_message_has_the_members_of_the_contract_and_every_number_is_a_text(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await using var partner = await PartnerServer.StartAsync();
        var destination = await house.AddMappedAsync(partner);

        await house.SendAsync("ann");
        await partner.WaitAsync(one => one.Users.Any());

        var message = partner.Messages[0].Json;
        var user = message["Users"]!.AsArray().Single(one => (string)one!["AAM_UUID"]! == Device)!;
        var time = (string)message["ProcessTime"]!;
        Assert.Equal(["ProcessTime", "User_DPID", "Client_ID", "AAM_Destination_Id", "User_count", "Users"], CatalogueDesk.Members(message));
        Assert.Equal(time, DateTime.ParseExact(time, "ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture).ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture));
        Assert.Equal(
            ($"{house.Source}", $"{destination}", $"{message["Users"]!.AsArray().Count}"),
            ((string)message["User_DPID"]!, (string)message["AAM_Destination_Id"]!, (string)message["User_count"]!));
        Assert.Equal(["AAM_UUID", "DataPartner_UUID", "AAM_Regions", "Segments"], CatalogueDesk.Members(user));
        Assert.Equal(["Segment_ID", "Status", "DateTime"], CatalogueDesk.Members(user["Segments"]![0]!));
        Assert.Equal(("ann", "[\"7\"]", "seg", "1"), ((string)user["DataPartner_UUID"]!, user["AAM_Regions"]!.ToJsonString(), (string)user["Segments"]![0]!["Segment_ID"]!, (string)user["Segments"]![0]!["Status"]!));
        Assert.StartsWith("application/json", partner.Messages[0].Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_signature_is_that_of_the_contracts_vector() =>
        Assert.Equal("+wFdR/afZNoVqtGl8/e1KJ4ykPU=", MessageSignature.Of("HMAC-SHA1", "sample_partner_private_key", "POST message content"u8));

    [Fact]
    public async Task A_message_is_signed_with_the_key_that_no_answer_shows()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        var destination = await house.AddMappedAsync(partner, ""","signatureKey":"k-1","signatureHeader":"X-Mine","signatureAlgorithm":"HMAC-SHA256" """);

        await house.SendAsync("ann");
        await partner.WaitAsync(one => one.Messages.Count > 0);
        var shown = await house.Admin.GetAsync($"/v1/destinations/{destination}");
        await house.PutAsync($"/v1/destinations/{destination}", shown.Text);
        await house.SendAsync("bob", $"{1:D38}");
        await partner.WaitAsync(one => one.Users.Contains("bob: seg=1"));

        Assert.All(partner.Messages, message => Assert.Equal(message.Sha256("k-1"), message.Headers["X-Mine"]));
        Assert.DoesNotContain("k-1", shown.Text, StringComparison.Ordinal);
        Assert.Equal("********", (string)shown.Json["signatureKey"]!);
        Assert.DoesNotContain("k-1", (await house.Admin.GetAsync("/v1/configuration")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_kept_until_it_ends_and_asked_for_once_more_when_it_is_refused()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        var oauth = $$""","oauthTokenUrl":"{{partner.TokenUrl}}","oauthClientId":"ann","oauthClientSecret":"hush" """;
        await house.AddMappedAsync(partner, oauth);

        await house.SendAsync("p1", $"{1:D38}");
        await partner.WaitAsync(one => one.Users.Contains("p1: seg=1"));
        await house.SendAsync("p2", $"{2:D38}");
        await partner.WaitAsync(one => one.Users.Contains("p2: seg=1"));
        Assert.Equal(1, partner.Tokens);

        house.Clock.Shift(TimeSpan.FromMinutes(11));
        await house.SendAsync("p3", $"{3:D38}");
        await partner.WaitAsync(one => one.Users.Contains("p3: seg=1"));
        Assert.Equal(2, partner.Tokens);

        partner.Answer = (_, http) => http.Request.Headers.Authorization == "Bearer t2" ? 401 : 200;
        await house.SendAsync("p4", $"{4:D38}");
        await partner.WaitAsync(one => one.Messages.Any(message => message.Headers["Authorization"] == "Bearer t3" && message.Users.Contains("p4: seg=1")));
        Assert.Equal(3, partner.Tokens);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience E7")]
    public async Task Who_opts_out_is_told_of_as_having_left(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await using var partner = await PartnerServer.StartAsync();
        await house.AddMappedAsync(partner);
        await house.SendAsync("ann");
        await partner.WaitAsync(one => one.Users.Contains("ann: seg=1"));

        await house.Desk.House.Http.GetAsync($"/demoptout?d_uuid={Device}", TestContext.Current.CancellationToken);
        await partner.WaitAsync(one => one.Users.Contains("ann: seg=0"));

        var after = await house.SendAsync("ann");
        Assert.Null(after["segments"]?.AsArray().FirstOrDefault());
        Assert.Equal(Device, partner.Messages[^1].Json["Users"]!.AsArray().Select(user => (string)user!["AAM_UUID"]!).First(id => id.Length > 0));
    }

    [Fact]
    public async Task A_customer_who_signed_in_is_told_of_with_the_device_it_was_on()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        var shop = CatalogueDesk.Id(await house.Desk.AddAsync("/v1/datasources/", """{"name":"shop"}"""), "dataSourceId");
        var segment = CatalogueDesk.Id(await house.Desk.AddAsync(
            "/v1/segments/", $$"""{"name":"m","segmentRule":"{{house.Trait}}T","dataSourceId":{{house.Source}},"folderId":0,"mergeRuleDataSourceId":null}"""), "sid");
        var destination = await house.AddDestinationAsync(partner);
        await house.MapAsync(destination, "m", segment);

        await house.SendAsync("ann", signals: $"product=12&d_cid={shop}%01c-7%011");
        await partner.WaitAsync(one => one.Users.Contains("ann: m=1"));

        var changes = (await house.Admin.GetAsync("/api/sluice/v1/segment-changes")).Json["changes"]!.AsArray().Select(one => (string)one!["namespace"]!).Distinct().ToList();
        var users = partner.Messages.SelectMany(message => message.Json["Users"]!.AsArray()).ToList();
        Assert.All(users, user => Assert.Equal((Device, "ann"), ((string)user!["AAM_UUID"]!, (string)user["DataPartner_UUID"]!)));
        Assert.Contains($"{shop}", changes);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience E9")]
    public async Task An_exit_by_time_is_told_of_without_an_event(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await using var partner = await PartnerServer.StartAsync();
        var often = CatalogueDesk.Id(await house.Desk.AddAsync(
            "/v1/segments/", $$"""{"name":"often","segmentRule":"frequency([{{house.Trait}}T] <= 5D) >= 3","dataSourceId":{{house.Source}},"folderId":0}"""), "sid");
        var destination = await house.AddDestinationAsync(partner);
        await house.MapAsync(destination, "often", often);

        for (var time = 0; time < 3; time++)
            await house.SendAsync("ann");
        await partner.WaitAsync(one => one.Users.Contains("ann: often=1"));
        house.Clock.Shift(TimeSpan.FromDays(6));
        await partner.WaitAsync(one => one.Users.Contains("ann: often=0"));
    }

    [Fact]
    public async Task An_id_that_is_forgotten_is_told_of_under_the_name_it_was_known_by()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite, "Audience:Profiles:DeviceRetentionDays=10");
        await using var partner = await PartnerServer.StartAsync();
        await house.AddMappedAsync(partner);
        await house.SendAsync("ann");
        await partner.WaitAsync(one => one.Users.Contains("ann: seg=1"));

        house.Clock.Shift(TimeSpan.FromDays(12));
        await partner.WaitAsync(one => one.Users.Contains("ann: seg=0"));

        Assert.Contains(partner.Messages.SelectMany(message => message.Json["Users"]!.AsArray()), user =>
            (string)user!["AAM_UUID"]! == Device && (string)user["DataPartner_UUID"]! == "ann" && (string)user["Segments"]![0]!["Status"]! == "0");
    }

    [Theory]
    [InlineData("segment")]
    [InlineData("destination")]
    [InlineData("mapping")]
    [InlineData("days")]
    [InlineData("label")]
    [Contract("audience E10", "audience X1", "audience 5.8")]
    public async Task Nothing_is_told_while_the_way_is_closed_and_members_are_kept(string closed)
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        var destination = await house.AddDestinationAsync(partner);
        var mapping = await house.MapAsync(destination);
        await house.SendAsync("ann");
        await partner.WaitAsync(one => one.Users.Contains("ann: seg=1"));
        if (closed == "segment")
            await house.PutAsync($"/v1/segments/{house.Segment}", """{"status":"INACTIVE"}""");
        else if (closed == "destination")
            await house.PutAsync($"/v1/destinations/{destination}", """{"status":"INACTIVE"}""");
        else if (closed == "mapping")
            await house.PutAsync($"/v1/destinations/{destination}/mappings/{mapping}", """{"elementStatus":"inactive"}""");
        else if (closed == "days")
            await house.PutAsync($"/v1/destinations/{destination}/mappings/{mapping}", """{"endDate":"2020-01-02"}""");
        else
        {
            await house.PutAsync($"/v1/datasources/{house.Source}", """{"dataExportRestrictions":["PII"]}""");
            await house.PutAsync($"/v1/destinations/{destination}", """{"dataExportLabels":["PII"]}""");
        }
        var before = partner.Messages.Count;

        await house.SendAsync("bob", $"{1:D38}");
        await house.Desk.House.Http.GetAsync($"/demoptout?d_uuid={Device}", TestContext.Current.CancellationToken);
        var (open, other) = (await house.AddDestinationAsync(partner), await house.Desk.AddDataSourceAsync("other"));
        var trait = CatalogueDesk.Id(await house.Desk.AddAsync(
            "/v1/traits/", $$"""{"name":"late","traitType":"RULE_BASED_TRAIT","dataSourceId":{{other}},"folderId":0,"traitRule":"late==1"}"""), "sid");
        await house.MapAsync(open, "late", await house.Desk.AddSegmentAsync(other, trait));
        await house.SendAsync("eve", $"{2:D38}", "late=1");
        await partner.WaitAsync(one => one.Users.Contains("eve: late=1"));

        Assert.DoesNotContain(partner.Messages.Skip(before).SelectMany(message => message.Users), user => user.Contains("seg", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_segments_of_a_user_are_told_with_every_change()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        var trait = CatalogueDesk.Id(await house.Desk.AddAsync(
            "/v1/traits/", $$"""{"name":"hat","traitType":"RULE_BASED_TRAIT","dataSourceId":{{house.Source}},"folderId":0,"traitRule":"hat==1"}"""), "sid");
        var destination = await house.AddMappedAsync(partner);
        await house.MapAsync(destination, "hats", await house.Desk.AddSegmentAsync(house.Source, trait));

        await house.SendAsync("ann");
        await partner.WaitAsync(one => one.Users.Contains("ann: seg=1"));
        await house.SendAsync("ann", signals: "hat=1");
        await partner.WaitAsync(one => one.Users.Contains("ann: seg=1 hats=1"));
    }

    [Theory]
    [InlineData("""{"serverUrl":"http://p.example/"}""", "serverUrl must be an https URL")]
    [InlineData("""{"serverUrl":"https://u:p@p.example/"}""", "serverUrl must hold neither")]
    [InlineData("""{"signatureHeader":"Host"}""", "signatureHeader")]
    [InlineData("""{"signatureHeader":"a b"}""", "signatureHeader")]
    [InlineData("""{"signatureAlgorithm":"CRC"}""", "signatureAlgorithm must be one of HMAC-SHA1, HMAC-SHA256, HMAC-MD5")]
    [InlineData("""{"oauthClientId":"x"}""", "must all be there, or none")]
    [InlineData("""{"oauthTokenUrl":"ftp://x/","oauthClientId":"x","oauthClientSecret":"y"}""", "oauthTokenUrl must be an https URL")]
    [InlineData("""{"deliveryRetentionHours":0}""", "deliveryRetentionHours must be from 1 to 2160")]
    public async Task A_way_to_deliver_that_cannot_be_is_refused(string body, string says)
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        var destination = await house.AddDestinationAsync(partner);

        var answer = await house.Admin.SendAsync(HttpMethod.Put, $"/v1/destinations/{destination}", body);

        CatalogueDesk.AssertRefused(answer, System.Net.HttpStatusCode.BadRequest, "validation_error", says);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("fe80::1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("203.0.113.9", false)]
    [InlineData("2606:4700::1", false)]
    public void This_machine_and_its_link_are_no_targets(string address, bool isLocal) => Assert.Equal(isLocal, TargetRule.IsLocal(System.Net.IPAddress.Parse(address)));

    [Fact]
    public async Task A_destination_on_this_machine_is_not_called_unless_the_operator_allows_it()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite, "Audience:AllowLoopbackTargets=false");
        await using var partner = await PartnerServer.StartAsync();
        var destination = await house.AddMappedAsync(partner);

        await house.SendAsync("ann");
        var state = await house.WaitAsync(destination, one => (int)one["attempts"]! > 0);

        Assert.Contains("AllowLoopbackTargets", (string)state["lastError"]!, StringComparison.Ordinal);
        Assert.Empty(partner.Messages);
    }

    [Fact]
    public async Task Of_somebody_whom_the_partner_has_no_id_for_nothing_is_told()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        var destination = await house.AddMappedAsync(partner);

        await house.SendAsync("");
        var state = await house.WaitAsync(destination, one => (int)one["unaddressed"]! == 1);

        Assert.Empty(partner.Messages);
        Assert.Equal((1, 0), ((int)state["received"]!, (int)state["attempted"]!));
    }
}
