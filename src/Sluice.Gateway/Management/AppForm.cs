using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sluice.Gateway.Consumers;

namespace Sluice.Gateway.Management;

/// <summary>Reads apps and credentials from the JSON of clients, and makes keys.</summary>
internal static class AppForm
{
    internal const int MaxProductsOfKey = 100;

    private const int KeyCharacters = 48;
    private const int SecretCharacters = 64;
    private const int MaxKeyCharacters = 255;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    // The original's clock ends there.
    private const long MaxExpiryMs = 100L * 365 * 24 * 60 * 60 * 1_000;

    internal static DeveloperApp Read(ManagementCall call, EntityForm form, DeveloperApp before) => before with
    {
        CallbackUrl = form.Text("callbackUrl", before.CallbackUrl),
        AccessType = form.Text("accessType", before.AccessType),
        Status = form.Word("status", before.Status, Approval.Approved, Approval.Pending, Approval.Revoked),
        Scopes = form.Names("scopes", before.Scopes),
        Attributes = form.Attributes(before.Attributes),
        LastModifiedAt = call.NowMs,
        LastModifiedBy = call.By,
    };

    /// <summary>A credential as the body has it: given key and secret or made ones, an end, the names of products to be bound.</summary>
    internal static (Credential Credential, string[] Products) ReadCredential(ManagementCall call, EntityForm form)
    {
        var key = form.Text("consumerKey");
        if (key.Length == 0)
            key = RandomNumberGenerator.GetString(Letters, KeyCharacters);
        else if (key.Length > MaxKeyCharacters || !key.All(letter => letter is > ' ' and <= '~' and not ('/' or '?' or '#')))
            form.Refuse($"consumerKey is to have at most {MaxKeyCharacters} signs of ASCII, without blank, /, ? and #");
        var secret = form.Text("consumerSecret");
        var life = form.Number("keyExpiresIn", Credential.Never, MaxExpiryMs) ?? (form.Number("expiresInSeconds", Credential.Never, MaxExpiryMs / 1_000) is { } seconds and > 0 ? seconds * 1_000 : Credential.Never);
        return (new Credential
        {
            ConsumerKey = key,
            ConsumerSecret = secret.Length > 0 ? secret : RandomNumberGenerator.GetString(Letters, SecretCharacters),
            IssuedAt = call.NowMs,
            ExpiresAt = life > 0 ? call.NowMs + life : Credential.Never,
            Scopes = form.Names("scopes"),
        }, ReadProducts(form));
    }

    /// <summary>Names of products: <c>["a"]</c>, or <c>[{"apiproduct":"a"}]</c> as credentials show them.</summary>
    internal static string[] ReadProducts(EntityForm form)
    {
        var products = form.Names("apiProducts");
        if (products.Length > MaxProductsOfKey)
            form.Refuse($"apiProducts names {products.Length} products; at most {MaxProductsOfKey}");
        return products;
    }

    /// <summary>The body with each <c>{"apiproduct":…}</c> of its products as the bare name.</summary>
    internal static JsonObject Flatten(JsonObject body)
    {
        if (body["apiProducts"] is JsonArray list && list.Any(one => one is JsonObject))
            body["apiProducts"] = new JsonArray([.. list.Select(one => one is JsonObject named ? named["apiproduct"]?.DeepClone() : one?.DeepClone())]);
        return body;
    }

    /// <summary>Adds products to a credential, approved where they need nobody's word; the name of one that does not exist, or null.</summary>
    internal static async Task<(Credential Credential, string? Missing)> BindAsync(ConsumerRows rows, Credential credential, string[] products)
    {
        var bound = credential.ApiProducts.ToList();
        foreach (var name in products)
        {
            if (await rows.FindProductAsync(name) is not { } product)
                return (credential, name);
            if (!bound.Exists(one => one.Apiproduct == name))
                bound.Add(new CredentialProduct(name, product.ApprovalType == ApiProduct.Automatic ? Approval.Approved : Approval.Pending));
        }
        return (credential with { ApiProducts = [.. bound] }, null);
    }
}
