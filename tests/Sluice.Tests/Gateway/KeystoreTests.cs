using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Gateway;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Keystores, aliases and references as management keeps them (contract gateway.md 3.3, 3.7): certificates can be read again, keys never.</summary>
public sealed class KeystoreTests
{
    private const string Aliases = KeystoreSample.Stores + "/keys/aliases";

    private readonly TestCertificates _certificates = new();

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.7")]
    public async Task A_key_goes_in_and_its_certificates_come_out(StoreKind kind)
    {
        using var leaf = _certificates.Leaf();
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.NewStoreAsync("keys");

        var (created, body) = await desk.UploadAsync(
            $"{Aliases}?alias=own&format=keycertfile", ("certFile", TestCertificates.Pem(leaf, _certificates.Intermediate)), ("keyFile", TestCertificates.EncryptedKeyPem(leaf, "secret")), ("password", "secret"));
        var (_, store) = await desk.ManageAsync("GET", KeystoreSample.Stores + "/keys");
        var (_, alias) = await desk.ManageAsync("GET", Aliases + "/own");
        var pem = await desk.Management.GetStringAsync(Aliases + "/own/certificate", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Created, created);
        Assert.Equal("""{"name":"keys","aliases":["own"]}""", store!.ToJsonString());
        Assert.Equal(("own", "KEY_CERT"), (alias!["alias"]!.GetValue<string>(), alias["type"]!.GetValue<string>()));
        Assert.Equal([leaf.Subject, _certificates.Intermediate.Subject], alias["certsInfo"]!["certInfo"]!.AsArray().Select(one => one!["subject"]!.GetValue<string>()));
        Assert.Equal(alias.ToJsonString(), JsonNode.Parse(body)!.ToJsonString());
        Assert.Contains(leaf.ExportCertificatePem().Replace("\r", "", StringComparison.Ordinal), pem);
        Assert.DoesNotContain("PRIVATE", pem + alias.ToJsonString());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.7")]
    public async Task A_key_is_sealed_where_it_is_kept_and_bound_to_its_alias(StoreKind kind)
    {
        using var leaf = _certificates.Leaf();
        using var ec = leaf.GetECDsaPrivateKey()!;
        var plain = ec.ExportPkcs8PrivateKey();
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.OwnAsync("keys", leaf);
        var environment = desk.House.Services.GetRequiredService<GatewayRuntime>().Environments[0];

        var body = (await environment.Storage.Sql.ReadAsync(session => session.FindAsync<string>("select body from gateway_entity where kind = 'keystorealias'"), TestContext.Current.CancellationToken))!;
        var sealedKey = Convert.FromBase64String(JsonNode.Parse(body)!["key"]!.GetValue<string>());
        await environment.Storage.Sql.WriteAsync(session => session.ExecuteAsync("update gateway_entity set name = 'keys/other' where kind = 'keystorealias'"), TestContext.Current.CancellationToken);
        await desk.ManageAsync("POST", KeystoreSample.Stores, new JsonObject { ["name"] = "more" }); // has everything read again

        Assert.DoesNotContain(Convert.ToBase64String(plain), body);
        Assert.True(sealedKey.AsSpan().IndexOf(plain.AsSpan(^32..)) < 0);
        Assert.Null(environment.Entities.Keystores.Find("keys")!.Find("other")!.Open());
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task An_archive_is_taken_with_its_password_and_opens_handshakes_as_PEM_does()
    {
        using var leaf = _certificates.Leaf();
        var archive = new X509Certificate2Collection { leaf, X509CertificateLoader.LoadCertificate(_certificates.Intermediate.RawDataMemory.Span) }.Export(X509ContentType.Pfx, "secret")!;
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.NewStoreAsync("keys");

        var (wrong, why) = await desk.UploadAsync($"{Aliases}?alias=own&format=pkcs12", ("file", archive), ("password", Encoding.UTF8.GetBytes("other")));
        var (created, body) = await desk.UploadAsync($"{Aliases}?alias=own&format=pkcs12", ("file", archive), ("password", Encoding.UTF8.GetBytes("secret")));
        var opened = desk.House.Services.GetRequiredService<GatewayRuntime>().Environments[0].Entities.Keystores.Find("keys")!.Find("own")!.Open();

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Created), (wrong, created));
        Assert.Contains("no PKCS12 archive that opens with the given password", why);
        Assert.Equal([leaf.Subject, _certificates.Intermediate.Subject], JsonNode.Parse(body)!["certsInfo"]!["certInfo"]!.AsArray().Select(one => one!["subject"]!.GetValue<string>()));
        Assert.Equal(leaf.Thumbprint, opened!.TargetCertificate.Thumbprint);
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task A_self_signed_certificate_is_made_of_what_is_said_of_its_subject()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.NewStoreAsync("keys");

        var (created, alias) = await desk.ManageAsync("POST", Aliases + "?format=selfsignedcert", new JsonObject
        {
            ["alias"] = "own",
            ["keySize"] = "2048",
            ["certValidityInDays"] = 30,
            ["subject"] = new JsonObject { ["commonName"] = "gateway.example.com", ["org"] = "Example", ["countryCode"] = "US" },
            ["subjectAlternativeDNSNames"] = new JsonObject { ["subjectAlternativeName"] = new JsonArray("gateway.example.com") },
        });
        var (refused, why) = await desk.ManageAsync("POST", Aliases + "?format=selfsignedcert", new JsonObject { ["alias"] = "two", ["keySize"] = 512, ["subject"] = new JsonObject { ["commonName"] = "x" } });

        Assert.Equal((HttpStatusCode.Created, "KEY_CERT"), (created, alias!["type"]!.GetValue<string>()));
        Assert.Equal("C=US, O=Example, CN=gateway.example.com", alias["certsInfo"]!["certInfo"]![0]!["subject"]!.GetValue<string>().Replace("CN=gateway.example.com, O=Example, C=US", "C=US, O=Example, CN=gateway.example.com", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Contains("keySize is '512'", why!["message"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("?alias=a&format=pem", "nothing", null, "format is 'pem'")]
    [InlineData("?alias=a&format=pem", "certFile", "not a certificate", "certFile is to hold 1 to 20 certificates")]
    [InlineData("?alias=a&format=pem", "certFile", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "certFile is to hold 1 to 20 certificates")]
    [InlineData("?alias=a&format=keycertfile", "keyFile", "other", "keyFile holds no private key as PEM that fits")]
    [InlineData("?alias=a&format=keycertfile", "keyFile", "junk", "keyFile holds no private key as PEM that fits")]
    [InlineData("?alias=a&format=jks", "certFile", "own", "format is 'jks'")]
    [InlineData("?format=pem", "certFile", "own", "alias is missing")]
    [InlineData("?alias=a%2Fb&format=pem", "certFile", "own", "alias is missing")]
    [InlineData("?alias=a&format=pem", "certFile", "large", "at most 49152 bytes")]
    [InlineData("?alias=a&format=pem", "certFile", "over", "is not valid now")]
    [InlineData("?alias=a&format=pkcs12", "file", "junk", "no PKCS12 archive")]
    [Contract("gateway 3.7")]
    public async Task What_cannot_be_an_alias_is_refused_and_nothing_is_kept(string query, string part, string? content, string message)
    {
        using var leaf = _certificates.Leaf();
        using var other = _certificates.Leaf();
        using var over = _certificates.Leaf(days: -1);
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.NewStoreAsync("keys");
        var text = content switch { "own" => TestCertificates.Pem(leaf), "other" => TestCertificates.KeyPem(other), "over" => TestCertificates.Pem(over), "large" => new string('x', 60_000), _ => content ?? "x" };
        (string, string)[] parts = part == "keyFile" ? [("certFile", TestCertificates.Pem(leaf)), ("keyFile", text)] : [(part, text)];

        var (status, body) = await desk.UploadAsync(Aliases + query, parts);
        var (_, names) = await desk.ManageAsync("GET", Aliases);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(message, JsonNode.Parse(body)!["message"]!.GetValue<string>());
        Assert.Empty(names!.AsArray());
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task A_certificate_is_renewed_for_the_same_key_alone()
    {
        using var leaf = _certificates.Leaf();
        using var other = _certificates.Leaf();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.OwnAsync("keys", leaf);
        async Task<(HttpStatusCode, string)> PutAsync(string pem)
        {
            using var content = new StringContent(pem);
            using var answer = await desk.Management.PutAsync(Aliases + "/own", content, TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        var (refused, why) = await PutAsync(TestCertificates.Pem(other));
        var (renewed, body) = await PutAsync(TestCertificates.Pem(leaf, _certificates.Intermediate));
        var opened = desk.House.Services.GetRequiredService<GatewayRuntime>().Environments[0].Entities.Keystores.Find("keys")!.Find("own")!.Open();

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (refused, renewed));
        Assert.Contains("is of another key", why);
        Assert.Equal(2, JsonNode.Parse(body)!["certsInfo"]!["certInfo"]!.AsArray().Count);
        Assert.Equal(leaf.Thumbprint, opened!.TargetCertificate.Thumbprint);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.7")]
    public async Task Keystores_aliases_and_references_come_and_go(StoreKind kind)
    {
        using var leaf = _certificates.Leaf();
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.OwnAsync("keys", leaf);

        var (again, _) = await desk.ManageAsync("POST", KeystoreSample.Stores, new JsonObject { ["name"] = "keys" });
        var (aliasAgain, _) = await desk.UploadAsync(Aliases + "?alias=own&format=pem", ("certFile", TestCertificates.Pem(leaf)));
        var (nowhere, why) = await desk.ManageAsync("POST", "environments/production/references", new JsonObject { ["name"] = "r", ["refers"] = "none", ["resourceType"] = "KeyStore" });
        var (_, names) = await desk.ManageAsync("GET", KeystoreSample.Stores);
        var (aliasGone, _) = await desk.ManageAsync("DELETE", Aliases + "/own");
        var (_, aliases) = await desk.ManageAsync("GET", Aliases);
        var (gone, _) = await desk.ManageAsync("DELETE", KeystoreSample.Stores + "/keys");
        var (missing, code) = await desk.ManageAsync("GET", KeystoreSample.Stores + "/keys");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict, HttpStatusCode.BadRequest), (again, aliasAgain, nowhere));
        Assert.Contains("refers is 'none'", why!["message"]!.GetValue<string>());
        Assert.Equal(["keys"], ConsumerSample.Names(names));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound), (aliasGone, gone, missing));
        Assert.Empty(aliases!.AsArray());
        Assert.Equal("messaging.config.beans.ResourceReferenceDoesNotExist", code!["code"]!.GetValue<string>());
    }
}
