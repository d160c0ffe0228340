using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sluice.Gateway.Management;

namespace Sluice.Gateway.Keystores;

/// <summary>Makes a key, and a certificate that it signs itself, of what a client says about its subject.</summary>
internal static class SelfSigned
{
    private const int MostDays = 3_650;
    private const int MostNames = 100;

    /// <summary>The fields of a subject as clients call them, and as certificates do (RFC 4519 section 2).</summary>
    private static readonly (string Field, string Oid)[] Subject =
    [
        ("countryCode", "2.5.4.6"), ("state", "2.5.4.8"), ("locality", "2.5.4.7"), ("org", "2.5.4.10"), ("orgUnit", "2.5.4.11"), ("commonName", "2.5.4.3"), ("email", "1.2.840.113549.1.9.1"),
    ];

    /// <summary>Null where the form has a fault then.</summary>
    internal static AliasContent? Make(EntityForm form, EntityForm subject, string[] names, DateTimeOffset now)
    {
        var keyBits = form.Number("keySize", 2_048, 4_096) ?? 2_048;
        var hash = form.Word("sigAlg", "SHA256withRSA", "SHA256withRSA", "SHA384withRSA", "SHA512withRSA") switch { "SHA384withRSA" => HashAlgorithmName.SHA384, "SHA512withRSA" => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA256 };
        var days = form.Number("certValidityInDays", 1, MostDays) ?? 365;
        var name = new X500DistinguishedNameBuilder();
        foreach (var (field, oid) in Subject)
        {
            if (subject.Text(field, most: 64) is not { Length: > 0 } text)
                continue;
            if (field == "countryCode" && !(text.Length == 2 && text.All(char.IsAsciiLetter)))
                form.Refuse($"subject.countryCode is '{text}'; it is two letters");
            else if (field == "countryCode")
                name.AddCountryOrRegion(text);
            else if (field == "email" && !System.Text.Ascii.IsValid(text))
                form.Refuse("subject.email is to be ASCII");
            else if (field == "email")
                name.AddEmailAddress(text);
            else
                name.Add(oid, text);
        }
        if (subject.Text("commonName", most: 64).Length == 0)
            form.Refuse("subject.commonName is missing");
        if (names.Length > MostNames || names.Any(one => Uri.CheckHostName(one.TrimStart('*', '.')) != UriHostNameType.Dns))
            form.Refuse($"subjectAlternativeDNSNames is to hold at most {MostNames} names of hosts");
        if (form.Fault is not null || subject.Fault is not null)
            return null;

        using var key = RSA.Create((int)keyBits);
        var request = new CertificateRequest(name.Build(), key, hash, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        if (names.Length > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (var one in names)
                alternatives.AddDnsName(one);
            request.CertificateExtensions.Add(alternatives.Build());
        }
        using var made = request.CreateSelfSigned(now, now.AddDays(days));
        return new AliasContent([X509CertificateLoader.LoadCertificate(made.RawDataMemory.Span)], key.ExportPkcs8PrivateKey());
    }
}
