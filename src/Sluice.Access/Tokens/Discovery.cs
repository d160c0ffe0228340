using System.Buffers.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>What other programs need to use and check our tokens: the discovery document (RFC 8414) and the public keys (RFC 7517).</summary>
internal static class Discovery
{
    internal const string KeysPath = "/oauth/jwks";

    internal static IResult Document(HttpContext http, AccessRuntime access)
    {
        var issuer = access.Issuer.IssuerOf(http.Request);
        return Json(http, new JsonObject
        {
            ["issuer"] = issuer,
            ["authorization_endpoint"] = issuer + "/oauth/authorize",
            ["token_endpoint"] = issuer + "/oauth/token",
            ["revocation_endpoint"] = issuer + "/oauth/revoke",
            ["introspection_endpoint"] = issuer + "/oauth/introspect",
            ["jwks_uri"] = issuer + KeysPath,
            ["response_types_supported"] = Texts("code", "token"),
            ["response_modes_supported"] = Texts("query", "fragment"),
            ["grant_types_supported"] = Texts("authorization_code", "implicit", "password", "refresh_token", "client_credentials"),
            ["token_endpoint_auth_methods_supported"] = Texts("client_secret_basic", "client_secret_post", "none"),
            ["revocation_endpoint_auth_methods_supported"] = Texts("client_secret_basic", "client_secret_post", "none"),
            ["introspection_endpoint_auth_methods_supported"] = Texts("client_secret_basic", "client_secret_post"),
            ["code_challenge_methods_supported"] = Texts("S256", "plain"),
            ["authorization_response_iss_parameter_supported"] = true,
            ["scopes_supported"] = Texts("read", "write"),
            ["ims_token_endpoint"] = issuer + "/ims/token/v3",
            ["ims_jwt_exchange_endpoint"] = issuer + "/ims/exchange/jwt",
        });
    }

    /// <summary>The public halves of all keys whose tokens are still taken, also of those that sign later.</summary>
    internal static IResult Keys(HttpContext http, AccessRuntime access)
    {
        var keys = new JsonArray();
        foreach (var key in access.Snapshots.Current.Keys.Where(key => key.RetiredMs is null))
        {
            var parameters = key.Key.Rsa.ExportParameters(includePrivateParameters: false);
            keys.Add(new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["alg"] = "RS256",
                ["kid"] = key.KeyId,
                ["n"] = Base64Url.EncodeToString(parameters.Modulus),
                ["e"] = Base64Url.EncodeToString(parameters.Exponent),
            });
        }
        return Json(http, new JsonObject { ["keys"] = keys });
    }

    private static IResult Json(HttpContext http, JsonObject document)
    {
        http.Response.Headers.CacheControl = "public, max-age=300"; // a new key may be published that long before it signs
        return Results.Text(document.ToJsonString(), "application/json");
    }

    private static JsonArray Texts(params string[] texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
