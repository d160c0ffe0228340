using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Targets over TLS: whom the gateway believes, what it shows, and what becomes of a handshake that fails (contract gateway.md 3.3, 6.2).</summary>
public sealed class TargetTlsTests
{
    private const string HandshakeFailed = "messaging.adaptors.http.flow.SslHandshakeFailed";

    private readonly TestCertificates _certificates = new();

    [Theory]
    [InlineData("root", 200)]
    [InlineData("intermediate", 200)] // believed by itself, whoever signed it
    [InlineData("leaf", 200)]
    [InlineData("stranger", 503)]
    [InlineData("namesake", 503)] // an authority of the same name, with another key
    [InlineData("none", 503)] // the system does not know the authority of a test
    [Contract("gateway 3.3", "gateway 6.2")]
    public async Task A_target_is_believed_by_what_stands_in_the_truststore(string trusted, int status)
    {
        using var leaf = _certificates.Leaf();
        await using var target = await StartAsync(leaf);
        await using var desk = await GatewayDesk.OpenAsync();
        var other = new TestCertificates();
        X509Certificate2[] all = trusted switch { "root" => [_certificates.Root], "intermediate" => [_certificates.Intermediate], "leaf" => [leaf], "stranger" => [other.Root], "namesake" => [other.Intermediate, other.Root], _ => [] };
        await desk.TrustAsync("trust", all);
        await desk.DeployAsync("tls", Proxy(target.Url, all.Length == 0 ? "" : "<TrustStore>trust</TrustStore>"));

        var answer = await desk.GetAsync("/tls");

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, target.Calls.Count);
        if (status != 200)
            Assert.Equal(HandshakeFailed, ConsumerSample.CodeOf(answer.Body));
    }

    [Theory]
    [InlineData(-1, "127.0.0.1", "", 503)] // over
    [InlineData(90, "localhost", "", 503)] // of another name
    [InlineData(90, "localhost", "<CommonName>127.0.0.1</CommonName>", 200)]
    [InlineData(90, "127.0.0.1", "<CommonName>example.com</CommonName>", 503)]
    [InlineData(-1, "localhost", "<IgnoreValidationErrors>true</IgnoreValidationErrors>", 200)]
    [InlineData(-1, "localhost", "<IgnoreValidationErrors>true</IgnoreValidationErrors><Enforce>true</Enforce>", 503)]
    [Contract("gateway 3.3", "gateway 6.2")]
    public async Task A_certificate_that_is_over_or_of_another_name_ends_the_handshake(int days, string host, string more, int status)
    {
        using var leaf = _certificates.Leaf(days);
        await using var target = await StartAsync(leaf);
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.TrustAsync("trust", _certificates.Root);
        await desk.DeployAsync("tls", Proxy(target.Url.Replace("127.0.0.1", host, StringComparison.Ordinal), "<TrustStore>trust</TrustStore>" + more));

        var answer = await desk.GetAsync("/tls");

        Assert.Equal(status, answer.Status);
        if (status != 200)
            Assert.Equal(HandshakeFailed, ConsumerSample.CodeOf(answer.Body));
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task With_Enforce_nothing_is_sent_in_clear()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("tls", Proxy(target.Url, "<Enforce>true</Enforce>"));

        var answer = await desk.GetAsync("/tls");

        Assert.Equal((503, HandshakeFailed), (answer.Status, ConsumerSample.CodeOf(answer.Body)));
        Assert.Empty(target.Calls);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    [Contract("gateway 3.3", "gateway 6.2")]
    public async Task A_target_that_wants_a_certificate_gets_that_of_the_alias_and_without_one_no_call(SslProtocols protocol)
    {
        using var leaf = _certificates.Leaf();
        using var own = _certificates.Leaf(use: "1.3.6.1.5.5.7.3.2");
        await using var target = await StartAsync(leaf, https =>
        {
            https.SslProtocols = protocol;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (shown, _, _) => shown.Thumbprint == own.Thumbprint;
        });
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.TrustAsync("trust", _certificates.Root);
        await desk.OwnAsync("keys", own, _certificates.Intermediate);
        await desk.DeployAsync("with", Proxy(target.Url, "<ClientAuthEnabled>true</ClientAuthEnabled><KeyStore>keys</KeyStore><KeyAlias>own</KeyAlias><TrustStore>trust</TrustStore>", "/with"));
        await desk.DeployAsync("without", Proxy(target.Url, "<TrustStore>trust</TrustStore>", "/without"));

        var with = await desk.GetAsync("/with");
        var without = await desk.GetAsync("/without");

        Assert.Equal(200, with.Status);
        // This target hangs up without the alert that others send; then nobody can tell why.
        Assert.Contains(ConsumerSample.CodeOf(without.Body), (string[])[HandshakeFailed, "messaging.adaptors.http.flow.UnexpectedEOFAtTarget"]);
        Assert.Single(target.Calls);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.3", "gateway 3.7")]
    public async Task A_reference_that_is_led_to_another_keystore_counts_for_the_next_call_without_a_redeploy(StoreKind kind)
    {
        using var leaf = _certificates.Leaf();
        await using var target = await StartAsync(leaf);
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.TrustAsync("old", new TestCertificates().Root);
        await desk.TrustAsync("new", _certificates.Root);
        await desk.CreateAsync("environments/production/references", Reference("old"));
        await desk.DeployAsync("tls", Proxy(target.Url, "<TrustStore>ref://current</TrustStore>"));

        var before = await desk.GetAsync("/tls");
        var (changed, _) = await desk.ManageAsync("PUT", "environments/production/references/current", Reference("new"));
        var after = await desk.GetAsync("/tls");
        var (inUse, why) = await desk.ManageAsync("DELETE", "environments/production/keystores/new");

        Assert.Equal((503, HttpStatusCode.OK, 200), (before.Status, changed, after.Status));
        Assert.Equal(HttpStatusCode.Conflict, inUse);
        Assert.Contains("reference current", why!["message"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("<TrustStore>none</TrustStore>", "messaging.config.beans.ResourceReferenceDoesNotExist", "truststore none does not exist")]
    [InlineData("<TrustStore>ref://none</TrustStore>", "messaging.config.beans.ResourceReferenceDoesNotExist", "truststore ref://none does not exist")]
    [InlineData("<ClientAuthEnabled>true</ClientAuthEnabled><KeyStore>none</KeyStore>", "messaging.config.beans.ResourceReferenceDoesNotExist", "keystore none does not exist")]
    [InlineData("<ClientAuthEnabled>true</ClientAuthEnabled><KeyStore>keys</KeyStore><KeyAlias>none</KeyAlias>", "messaging.config.beans.ResourceReferenceDoesNotExist", "keystore keys has no alias none")]
    [InlineData("<ClientAuthEnabled>true</ClientAuthEnabled>", "InvalidSSLInfo", "no KeyStore is named")]
    [InlineData("<Protocols><Protocol>SSLv3</Protocol></Protocols>", "InvalidSSLInfo", "TLSv1.2 and TLSv1.3")]
    [InlineData("<Ciphers><Cipher>NONE</Cipher></Ciphers>", "InvalidSSLInfo", "'NONE' is no cipher suite")]
    [Contract("gateway 3.3", "gateway 6.4")]
    public async Task What_an_SSLInfo_names_and_the_environment_lacks_refuses_the_deployment(string info, string code, string message)
    {
        using var own = _certificates.Leaf();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.OwnAsync("keys", own);

        var ofTarget = await desk.RefusalAsync("tls", Proxy("https://example.com", info));
        var ofCallout = await desk.RefusalAsync("callout", BundleText.Proxy("/callout", null, "Call").Policy(
            $"""<ServiceCallout name="Call"><HTTPTargetConnection><URL>https://example.com</URL><SSLInfo><Enabled>true</Enabled>{info}</SSLInfo></HTTPTargetConnection></ServiceCallout>"""));

        Assert.Equal((code, code), (ofTarget["code"]!.GetValue<string>(), ofCallout["code"]!.GetValue<string>()));
        Assert.Contains(message, ofTarget["message"]!.GetValue<string>());
        Assert.Contains("targets/default.xml", ofTarget["faults"]![0]!["file"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("<Protocols><Protocol>TLSv1.3</Protocol></Protocols>", 503)]
    [InlineData("<Protocols><Protocol>TLSv1</Protocol><Protocol>TLSv1.2</Protocol></Protocols>", 200)]
    [InlineData("<Protocols><Protocol>TLSv1.2</Protocol></Protocols><Ciphers><Cipher>TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384</Cipher></Ciphers>", 200)]
    [InlineData("<Protocols><Protocol>TLSv1.2</Protocol></Protocols><Ciphers><Cipher>TLS_RSA_WITH_AES_128_GCM_SHA256</Cipher></Ciphers>", 503)] // the target's key is none of RSA
    [InlineData("<Enabled>false</Enabled>", 503)] // switched off: the system's trust is what is left
    [Contract("gateway 3.3")]
    public async Task Only_the_named_protocols_and_ciphers_are_spoken(string info, int status)
    {
        using var leaf = _certificates.Leaf();
        await using var target = await StartAsync(leaf, https => https.SslProtocols = SslProtocols.Tls12);
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.TrustAsync("trust", _certificates.Root);
        await desk.DeployAsync("tls", Proxy(target.Url, info + "<TrustStore>trust</TrustStore>"));

        var (answered, _) = await desk.GetAsync("/tls");

        Assert.Equal(status, answered);
    }

    [Fact]
    [Contract("gateway 3.3", "gateway 7")]
    public async Task A_service_callout_and_a_name_from_a_variable_are_held_to_the_same()
    {
        using var leaf = _certificates.Leaf();
        await using var target = await StartAsync(leaf);
        target.AnswerWith(200, "from the service");
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.TrustAsync("trust", _certificates.Root);
        await desk.DeployAsync("callout", BundleText.Proxy("/callout", null, "Call", "Show").Policy(
            $$"""<ServiceCallout name="Call"><Response>got</Response><HTTPTargetConnection><URL>{{target.Url}}</URL><SSLInfo><Enabled>true</Enabled><TrustStore>{request.queryparam.store}</TrustStore></SSLInfo></HTTPTargetConnection></ServiceCallout>""")
            .Policy("""<AssignMessage name="Show"><Set><Payload>{got.content}</Payload></Set></AssignMessage>"""));

        var known = await desk.GetAsync("/callout?store=trust");
        var unknown = await desk.GetAsync("/callout?store=other");

        Assert.Equal((200, "from the service"), known);
        Assert.Equal((500, "steps.servicecallout.ExecutionFailed"), (unknown.Status, ConsumerSample.CodeOf(unknown.Body)));
        Assert.Contains("truststore other does not exist", unknown.Body);
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task A_target_servers_own_sSLInfo_holds_for_its_calls_and_for_its_monitor()
    {
        using var leaf = _certificates.Leaf();
        await using var good = await StartAsync(leaf);
        using var strange = new TestCertificates().Leaf();
        await using var bad = await StartAsync(strange);
        good.AnswerWith(200, "good");
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.TrustAsync("trust", _certificates.Root);
        JsonObject Server(string name, string url, string store) => new()
        {
            ["name"] = name,
            ["host"] = "127.0.0.1",
            ["port"] = new Uri(url).Port,
            ["sSLInfo"] = new JsonObject { ["enabled"] = "true", ["trustStore"] = store },
        };
        await desk.CreateAsync("environments/production/targetservers", Server("good", good.Url, "trust"));
        await desk.CreateAsync("environments/production/targetservers", Server("bad", bad.Url, "trust"));
        var (refused, why) = await desk.ManageAsync("POST", "environments/production/targetservers", Server("none", bad.Url, "none"));
        await desk.DeployAsync("tls", BundleText.Proxy("/tls", "https://unused").With("targets/default.xml", """
            <TargetEndpoint name="default"><HTTPTargetConnection>
              <LoadBalancer><Server name="good"/><Server name="bad"/><MaxFailures>1</MaxFailures></LoadBalancer>
              <HealthMonitor><IsEnabled>true</IsEnabled><IntervalInSec>1</IntervalInSec><HTTPMonitor><Request><Path>/health</Path></Request></HTTPMonitor></HealthMonitor>
            </HTTPTargetConnection></TargetEndpoint>
            """));

        await Until.SeenAsync(() => desk.GetAsync("/tls"), _ => good.Calls.Count(call => call.PathAndQuery == "/health") > 1);
        var answer = await desk.GetAsync("/tls");

        Assert.Equal((200, "good"), answer);
        Assert.Empty(bad.Calls);
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Contains("truststore none does not exist", why!["message"]!.GetValue<string>());
    }

    private Task<SampleTarget> StartAsync(X509Certificate2 leaf, Action<HttpsConnectionAdapterOptions>? more = null) => SampleTarget.StartAsync(listen => listen.UseHttps(https =>
    {
        (https.ServerCertificate, https.ServerCertificateChain) = (leaf, [_certificates.Intermediate]);
        more?.Invoke(https);
    }));

    private static JsonObject Reference(string refers) => new() { ["name"] = "current", ["refers"] = refers, ["resourceType"] = "KeyStore" };

    private static BundleText Proxy(string target, string info, string basePath = "/tls") =>
        BundleText.Proxy(basePath, target).WithTarget(target, connection: $"<SSLInfo>{(info.Contains("<Enabled>", StringComparison.Ordinal) ? "" : "<Enabled>true</Enabled>")}{info}</SSLInfo>");
}
