using Sluice.Tls;

namespace Sluice.Hosting;

/// <summary>What stands between the network and the doors: TLS, the proxies that are believed, and the headers on our answers.</summary>
internal static class SafeListener
{
    /// <exception cref="InvalidOperationException">A setting of <c>Tls</c> or <c>Proxies</c> cannot be used; the message names it.</exception>
    internal static void UseSafeListener(this WebApplicationBuilder builder, string urls)
    {
        var tls = builder.Configuration.GetSection("Tls").Get<TlsSettings>() ?? new TlsSettings();
        if (tls.Fault is { } fault)
            throw new InvalidOperationException(fault);
        builder.Services.AddSingleton(new SafeHeaders(tls.Hsts)).AddSingleton(TrustedProxies.From(builder.Configuration));

        // The platform has a switch of its own, an environment variable, that has it believe anybody's forwarded headers.
        builder.Configuration["ForwardedHeaders_Enabled"] = "false";

        if (urls.Split(';', StringSplitOptions.TrimEntries).FirstOrDefault(IsHttps) is not { } address)
            return;
        if (tls.Certificate is null)
            throw new InvalidOperationException($"Tls:Certificate is not set; {address} needs it: a PEM file with the certificate and its chain, or a PFX file");
        var serving = ServingCertificate.Open(tls);
        builder.Services.AddSingleton(serving).AddHostedService<CertificateService>();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(serving.UseOn));
    }

    /// <summary>Comes before everything, so that all that follows sees the client as trusted proxies tell it.</summary>
    internal static void UseTrustedProxies(this WebApplication app) => app.Services.GetRequiredService<TrustedProxies>().UseOn(app);

    /// <summary>Comes before every route of ours, so that all of them answer with safe headers; what proxies answer is theirs.</summary>
    internal static void UseSafeListener(this WebApplication app)
    {
        app.Use(app.Services.GetRequiredService<SafeHeaders>().ServeAsync);
    }

    private static bool IsHttps(string url) => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
