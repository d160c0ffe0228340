using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Tests.Doubles;

/// <summary>Fills keystores of production over the management API, as their owners do.</summary>
internal static class KeystoreSample
{
    internal const string Stores = "environments/production/keystores";

    internal static Task<JsonNode> NewStoreAsync(this GatewayDesk desk, string name) => desk.CreateAsync(Stores, new JsonObject { ["name"] = name });

    /// <summary>A truststore of certificates, an alias each.</summary>
    internal static async Task TrustAsync(this GatewayDesk desk, string store, params X509Certificate2[] certificates)
    {
        await desk.NewStoreAsync(store);
        foreach (var one in certificates)
        {
            var (status, body) = await desk.UploadAsync($"{Stores}/{store}/aliases?alias=a{one.SerialNumber}&format=pem&ignoreExpiryValidation=true", ("certFile", TestCertificates.Pem(one)));
            Assert.True(status == HttpStatusCode.Created, body);
        }
    }

    /// <summary>A keystore whose one alias, <c>own</c>, has a certificate with its key.</summary>
    internal static async Task OwnAsync(this GatewayDesk desk, string store, X509Certificate2 leaf, params X509Certificate2[] behind)
    {
        await desk.NewStoreAsync(store);
        var (status, body) = await desk.UploadAsync($"{Stores}/{store}/aliases?alias=own&format=keycertfile", ("certFile", TestCertificates.Pem([leaf, .. behind])), ("keyFile", TestCertificates.KeyPem(leaf)));
        Assert.True(status == HttpStatusCode.Created, body);
    }

    internal static Task<(HttpStatusCode Status, string Body)> UploadAsync(this GatewayDesk desk, string path, params (string Name, string Content)[] parts) =>
        desk.UploadAsync(path, [.. parts.Select(part => (part.Name, Encoding.UTF8.GetBytes(part.Content)))]);

    internal static async Task<(HttpStatusCode Status, string Body)> UploadAsync(this GatewayDesk desk, string path, params (string Name, byte[] Content)[] parts)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, content) in parts)
        {
            if (name.EndsWith("ile", StringComparison.Ordinal))
                form.Add(new ByteArrayContent(content), name, name + ".bin");
            else
                form.Add(new ByteArrayContent(content), name);
        }
        using var answer = await desk.Management.PostAsync(path, form, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
