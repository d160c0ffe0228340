using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Sluice.Hosting;
using Sluice.Tests.Doubles;
using Sluice.Tls;

namespace Sluice.Tests.Program;

/// <summary>The https listener: whose certificate is shown, when it changes, and what stops the start.</summary>
public sealed class TlsTests : IDisposable
{
    private const string AnyPort = "https://127.0.0.1:0";
    private const string Password = "correct horse";

    private readonly TestCertificates _authority = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-tls-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("pem")]
    [InlineData("encrypted pem")]
    [InlineData("one pem")]
    [InlineData("pfx")]
    public async Task A_connection_is_shown_the_certificate_with_its_whole_chain(string form)
    {
        var leaf = _authority.Leaf();
        await using var house = await StartAsync(null, Write(form, leaf));

        using var visit = await TlsVisit.OpenAsync(house.Address);

        Assert.Equal(leaf.Thumbprint, visit.Thumbprint);
        Assert.Equal([_authority.Intermediate.Thumbprint], visit.SentBehind);
    }

    [Fact]
    public async Task Whoever_trusts_the_authority_alone_can_talk_http2_to_it()
    {
        await using var house = await StartAsync(null, Write("pem", _authority.Leaf()));
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(_authority.Root);
        using var http = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower };

        using var answer = await http.GetAsync($"{house.Address}/health/live", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpVersion.Version20, answer.Version);
    }

    [Fact]
    public async Task A_swapped_link_brings_new_connections_the_new_certificate_and_open_ones_go_on()
    {
        var (old, renewed) = (_authority.Leaf(), _authority.Leaf());
        Link(Version("1", old));
        await using var house = await StartAsync(null, $"Tls:Certificate={At("live.pem")}", $"Tls:Key={At("live.key")}");
        using var open = await TlsVisit.OpenAsync(house.Address);

        Link(Version("2", renewed));
        await ShownAsync(house, renewed);

        Assert.Equal(old.Thumbprint, open.Thumbprint);
        Assert.Contains("200 OK", await open.AskAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_pair_keeps_the_old_certificate_in_use_until_one_comes_that_loads()
    {
        var (old, renewed) = (_authority.Leaf(), _authority.Leaf());
        var book = new LogBook();
        await using var house = await StartAsync(book, Write("pem", old));

        await File.WriteAllTextAsync(At("live.pem"), TestCertificates.Pem(renewed, _authority.Intermediate), TestContext.Current.CancellationToken);
        await book.HasAsync("cannot be used");
        using (var meanwhile = await TlsVisit.OpenAsync(house.Address))
            Assert.Equal(old.Thumbprint, meanwhile.Thumbprint);
        await File.WriteAllTextAsync(At("live.key"), TestCertificates.KeyPem(renewed), TestContext.Current.CancellationToken);

        await ShownAsync(house, renewed);
    }

    [Fact]
    public void Files_that_stay_broken_are_logged_once_and_again_only_after_they_were_whole()
    {
        var leaf = _authority.Leaf();
        var settings = Settings(Write("pem", leaf));
        var serving = ServingCertificate.Open(settings);
        var (service, book, _) = Service(serving);

        Look(service, 2);
        File.Delete(At("live.key"));
        Look(service, 3);
        File.WriteAllText(At("live.key"), "half a ke");
        Look(service, 3);
        Assert.Equal(1, book.CountOf("cannot be used"));
        Assert.Equal(leaf.Thumbprint, serving.Current.Leaf.Thumbprint);

        Write("pem", leaf);
        Look(service, 1);
        File.Delete(At("live.pem"));
        Look(service, 2);
        Assert.Equal(2, book.CountOf("cannot be used"));
    }

    [Fact]
    public void A_certificate_that_expires_within_fourteen_days_is_told_once_a_day_until_it_is_renewed()
    {
        var serving = ServingCertificate.Open(Settings(Write("pem", _authority.Leaf(days: 30))));
        var (service, book, clock) = Service(serving);

        clock.UtcNow = serving.Current.ValidUntil - TimeSpan.FromDays(14.5);
        Look(service, 3);
        Assert.Empty(book.Lines);
        clock.UtcNow += TimeSpan.FromDays(1);
        Look(service, 3);
        Assert.Equal(1, book.CountOf("expires soon"));
        clock.UtcNow += TimeSpan.FromDays(1);
        Look(service, 3);
        Assert.Equal(2, book.CountOf("expires soon"));
        clock.UtcNow = serving.Current.ValidUntil;
        Look(service, 3);
        Assert.Equal(1, book.CountOf("expired at"));
        Assert.Equal(1, book.CountOf("\"LogLevel\":\"Error\""));

        Write("pem", _authority.Leaf(days: 90));
        Look(service, 3);
        Assert.Equal(4, book.Lines.Count); // the three above, and that the new one is in use
    }

    [Theory]
    [InlineData("Tls:Certificate is not set; https://127.0.0.1:0 needs it")]
    [InlineData("Tls:Certificate: the file {0}/none.pem cannot be read", "Tls:Certificate={0}/none.pem")]
    [InlineData("Tls:Certificate: the file {0} cannot be read", "Tls:Certificate={0}")]
    [InlineData("Tls:Key: the file {0}/none.key cannot be read", "Tls:Certificate={0}/live.pem", "Tls:Key={0}/none.key")]
    [InlineData("Tls:PasswordFile: the file {0}/none cannot be read", "Tls:Certificate={0}/live.pfx", "Tls:PasswordFile={0}/none")]
    [InlineData("Tls:Key: the file {0}/other.key holds no private key that fits the first certificate in {0}/live.pem", "Tls:Certificate={0}/live.pem", "Tls:Key={0}/other.key")]
    [InlineData("Tls:Certificate: the file {0}/live.pem holds no private key that fits", "Tls:Certificate={0}/live.pem")]
    [InlineData("Tls:Certificate: the file {0}/live.key holds no certificate", "Tls:Certificate={0}/live.key")]
    [InlineData("Tls:Certificate: the file {0}/live.pfx is neither PEM nor a PFX that opens", "Tls:Certificate={0}/live.pfx", "Tls:Password=wrong")]
    [InlineData("Tls:Certificate: the file {0}/bare.pfx is a PFX without a private key", "Tls:Certificate={0}/bare.pfx")]
    [InlineData("Tls:Key is set, but {0}/live.pfx", "Tls:Certificate={0}/live.pfx", "Tls:Key={0}/live.key", "Tls:Password=correct horse")]
    [InlineData("Tls:Certificate: the certificate in {0}/client.pem is not for servers", "Tls:Certificate={0}/client.pem")]
    [InlineData("Tls:Certificate: the file {0}/large.pem has more than 1048576 bytes", "Tls:Certificate={0}/large.pem")]
    [InlineData("Tls:Password and Tls:PasswordFile are both set", "Tls:Certificate={0}/live.pfx", "Tls:Password=x", "Tls:PasswordFile={0}/live.key")]
    [InlineData("Tls:Certificate is not set, but Tls:Key", "Tls:Key={0}/live.key")]
    [InlineData("Tls:Hsts is -00:00:01; it must be between", "Tls:Certificate={0}/live.pem", "Tls:Hsts=-00:00:01")]
    public async Task What_cannot_be_served_stops_the_start_with_the_setting_and_the_file(string sentence, params string[] settings)
    {
        var leaf = _authority.Leaf();
        Write("pem", leaf);
        Write("pfx", leaf);
        await File.WriteAllTextAsync(At("other.key"), TestCertificates.KeyPem(_authority.Leaf()), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(At("bare.pfx"), X509CertificateLoader.LoadCertificate(_authority.Root.RawData).Export(X509ContentType.Pfx), TestContext.Current.CancellationToken);
        var client = _authority.Leaf(use: "1.3.6.1.5.5.7.3.2");
        await File.WriteAllTextAsync(At("client.pem"), TestCertificates.Pem(client) + TestCertificates.KeyPem(client), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(At("large.pem"), new byte[(1 << 20) + 1], TestContext.Current.CancellationToken);

        var fault = await Assert.ThrowsAnyAsync<InvalidOperationException>(
            () => StartAsync(null, [.. settings.Select(one => one.Replace("{0}", _folder.FullName, StringComparison.Ordinal))]));

        Assert.True(SluiceServer.IsStartFault(fault));
        Assert.StartsWith(sentence.Replace("{0}", _folder.FullName, StringComparison.Ordinal), fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Two_versions_of_TLS_are_spoken(SslProtocols version)
    {
        await using var house = await StartAsync(null, Write("pem", _authority.Leaf()));

        using var visit = await TlsVisit.OpenAsync(house.Address, version, SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);

        Assert.Equal(version, visit.Protocol);
        Assert.Equal("h2", visit.Application);
    }

    [Fact]
    public async Task An_older_version_of_TLS_is_refused_for_its_version()
    {
        await using var house = await StartAsync(null, Write("pem", _authority.Leaf()));
        var address = new Uri(house.Address);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        // RFC 4346 section 7.4.1.2: a hello of TLS 1.1 (version 3.2) with two suites of its time.
        byte[] hello =
        [
            22, 3, 1, 0, 49, 1, 0, 0, 45, 3, 2, .. Enumerable.Range(0, 32).Select(one => (byte)one), 0, 0, 4, 0xC0, 0x09, 0xC0, 0x0A, 1, 0, 0, 0,
        ];

        await tcp.GetStream().WriteAsync(hello, TestContext.Current.CancellationToken);
        var answer = new byte[7];
        await tcp.GetStream().ReadExactlyAsync(answer, TestContext.Current.CancellationToken);

        Assert.Equal([21, 2, 70], new[] { answer[0], answer[5], answer[6] }); // a fatal alert: protocol_version
    }

    [Fact]
    public async Task A_plain_address_beside_the_https_one_is_served_as_it_is()
    {
        await using var house = await TestHouse.StartAsync(
            new ServerSettings { Urls = $"{AnyPort};http://127.0.0.1:0" }, StoreKind.Sqlite, Write("pem", _authority.Leaf()));
        using var nobody = new ApiClient(house.Addresses.Single(one => one.StartsWith("http:", StringComparison.Ordinal)), null);

        Assert.Equal(HttpStatusCode.OK, (await nobody.GetAsync("/health/live")).Status);
    }

    private static Task<TestHouse> StartAsync(LogBook? book, params string[] settings) =>
        TestHouse.StartAsync(new ServerSettings { Urls = AnyPort, LogTo = book }, StoreKind.Sqlite, settings);

    private static async Task ShownAsync(TestHouse house, X509Certificate2 leaf)
    {
        await Until.TrueAsync(async () =>
        {
            using var visit = await TlsVisit.OpenAsync(house.Address);
            return visit.Thumbprint == leaf.Thumbprint;
        });
    }

    private static (CertificateService Service, LogBook Book, ManualClock Clock) Service(ServingCertificate serving)
    {
        var (book, clock) = (new LogBook(), new ManualClock(TimeProvider.System.GetUtcNow()));
        var factory = LoggerFactory.Create(logging => logging.AddProvider(book));
        return (new CertificateService(serving, clock, factory.CreateLogger<CertificateService>()), book, clock);
    }

    private static void Look(CertificateService service, int times)
    {
        for (var look = 0; look < times; look++)
            service.Look();
    }

    private static TlsSettings Settings(string[] settings) => new()
    {
        Certificate = settings.Single(one => one.StartsWith("Tls:Certificate=", StringComparison.Ordinal)).Split('=')[1],
        Key = settings.Single(one => one.StartsWith("Tls:Key=", StringComparison.Ordinal)).Split('=')[1],
    };

    /// <summary>Writes the certificate in one of the forms that are read, and returns the settings that lead there.</summary>
    private string[] Write(string form, X509Certificate2 leaf)
    {
        var chain = TestCertificates.Pem(leaf, _authority.Intermediate);
        switch (form)
        {
            case "pem":
                File.WriteAllText(At("live.pem"), chain);
                File.WriteAllText(At("live.key"), TestCertificates.KeyPem(leaf));
                return [$"Tls:Certificate={At("live.pem")}", $"Tls:Key={At("live.key")}"];
            case "encrypted pem":
                File.WriteAllText(At("live.pem"), chain);
                File.WriteAllText(At("live.key"), TestCertificates.EncryptedKeyPem(leaf, Password));
                File.WriteAllText(At("password"), Password + "\n");
                return [$"Tls:Certificate={At("live.pem")}", $"Tls:Key={At("live.key")}", $"Tls:PasswordFile={At("password")}"];
            case "one pem":
                File.WriteAllText(At("all.pem"), chain + TestCertificates.KeyPem(leaf));
                return [$"Tls:Certificate={At("all.pem")}"];
            default:
                File.WriteAllBytes(At("live.pfx"), new X509Certificate2Collection { leaf, _authority.Intermediate }.Export(X509ContentType.Pfx, Password)!);
                return [$"Tls:Certificate={At("live.pfx")}", $"Tls:Password={Password}"];
        }
    }

    private string Version(string name, X509Certificate2 leaf)
    {
        var folder = _folder.CreateSubdirectory(name).FullName;
        File.WriteAllText(Path.Combine(folder, "live.pem"), TestCertificates.Pem(leaf, _authority.Intermediate));
        File.WriteAllText(Path.Combine(folder, "live.key"), TestCertificates.KeyPem(leaf));
        return folder;
    }

    // As certificate tools do it: a new link beside the old one, then renamed over it.
    private void Link(string version)
    {
        foreach (var name in new[] { "live.pem", "live.key" })
        {
            File.CreateSymbolicLink(At($"{name}.new"), Path.Combine(version, name));
            File.Move(At($"{name}.new"), At(name), overwrite: true);
        }
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
