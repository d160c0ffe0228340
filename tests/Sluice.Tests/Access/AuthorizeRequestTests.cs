using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>Requests to authorize that are not in order: who is told, where, and in which words. Named by the section they follow.</summary>
public sealed class AuthorizeRequestTests
{
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"; // RFC 7636 appendix B

    [Fact]
    public async Task RFC_6749_4_1_2_1_nobody_is_sent_to_an_address_that_is_not_the_clients()
    {
        await using var at = await SignInHouse.StartAsync();
        var visitor = at.Visit();
        string[] tricks =
        [
            "https://evil.example.com/callback", "https://app.example.com/callback/", "https://app.example.com/callback?x=1", "https://app.example.com/callbac",
            "https://app.example.com/Callback", "https://APP.example.com/callback", "https://app.example.com:443/callback", "http://app.example.com/callback",
            "https://app.example.com/callback#x", "https://app.example.com/../callback", "https://app.example.com//callback", "//app.example.com/callback",
            "https://app.example.com@evil.example.com/callback", "https://app.example.com/callback%2f", " https://app.example.com/callback", "/callback",
            "javascript:alert(1)", "https://app.example.com/callback\r\nSet-Cookie: a=b", "https://app.example.com.evil.example.com/callback",
        ];
        foreach (var trick in tricks)
        {
            foreach (var path in (string[])["/oauth/authorize", "/oauth/sign-in", "/oauth/consent", "/oauth/password"])
            {
                var page = await visitor.GetAsync($"{path}?response_type=code&client_id={at.ClientId}&redirect_uri={Uri.EscapeDataString(trick)}");

                Assert.True(page.Status == HttpStatusCode.BadRequest && page.Location == "", trick);
                Assert.Contains("redirect_uri is not one of those registered", page.Fault, StringComparison.Ordinal);
                Assert.DoesNotContain("Set-Cookie: a=b", page.Response.Headers.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task RFC_6749_4_1_2_1_an_unknown_client_or_a_missing_address_is_told_to_the_person()
    {
        await using var at = await SignInHouse.StartAsync();
        var visitor = at.Visit();
        var callback = Uri.EscapeDataString(SignInHouse.Callback);
        var (none, _) = await at.AddClientAsync(new() { ["name"] = "Without address", ["redirectUris"] = new JsonArray() });
        var (two, _) = await at.AddClientAsync(new() { ["name"] = "With two", ["redirectUris"] = new JsonArray(SignInHouse.Callback, "https://b.example.com/") });
        var (disabled, _) = await at.AddClientAsync(new() { ["name"] = "Disabled", ["enabled"] = false });
        (string Query, string Reason)[] unusable =
        [
            ("", "client_id is missing"),
            ($"client_id=&redirect_uri={callback}", "client_id is missing"),
            ($"client_id=nobody&redirect_uri={callback}", "There is no client"),
            ($"client_id={at.ClientId}&client_id={at.ClientId}&redirect_uri={callback}", "client_id is missing, or stands more than once"),
            ($"CLIENT_ID={at.ClientId}&redirect_uri={callback}", "client_id is missing"),
            ($"client_id={disabled}&redirect_uri={callback}", "disabled"),
            ($"client_id={at.ClientId}&redirect_uri={callback}&redirect_uri={callback}", "redirect_uri stands more than once"),
            ($"client_id={at.ClientId}&redirect_uri=https%3A%2F%2Fevil.example.com&redirect_uri={callback}", "redirect_uri stands more than once"),
            ($"client_id={none}", "No redirect_uri is registered"),
            ($"client_id={two}", "redirect_uri is missing"),
            ("client_id=%00%ff%0d%0a", "There is no client"),
        ];

        foreach (var (query, reason) in unusable)
        {
            var page = await visitor.GetAsync($"/oauth/authorize?response_type=code&state=s&{query}");

            Assert.Equal((query, HttpStatusCode.BadRequest, ""), (query, page.Status, page.Location));
            Assert.Contains(reason, page.Fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/oauth/authorize")]
    [InlineData("/ims/authorize")]
    [InlineData("/ims/authorize/v1")]
    [InlineData("/ims/authorize/v2")]
    public async Task RFC_6749_4_1_2_1_every_other_fault_is_told_to_the_client_with_its_state_and_our_name(string path)
    {
        await using var at = await SignInHouse.StartAsync();
        var visitor = at.Visit();
        var (api, _) = await at.AddClientAsync(new() { ["name"] = "API", ["kind"] = "api", ["grantTypes"] = new JsonArray("client_credentials") });
        var (publicClient, _) = await at.AddClientAsync(new() { ["name"] = "Public", ["public"] = true });
        (string Query, string ClientId, string Error)[] faults =
        [
            ("", at.ClientId, "invalid_request"), // response_type is missing
            ("&response_type=", at.ClientId, "invalid_request"),
            ("&response_type=code&response_type=code", at.ClientId, "invalid_request"),
            ("&response_type=code&response_type=token", at.ClientId, "invalid_request"),
            ("&response_type=id_token", at.ClientId, "unsupported_response_type"),
            ("&response_type=code%20token", at.ClientId, "unsupported_response_type"),
            ("&response_type=Code", at.ClientId, "unsupported_response_type"),
            ("&response_type=code", api, "unauthorized_client"),
            ("&response_type=code&scope=read%20admin", at.ClientId, "invalid_scope"),
            ("&response_type=code&scope=%20", at.ClientId, "invalid_scope"),
            ("&response_type=code&scope=READ", at.ClientId, "invalid_scope"),
            ("&response_type=code&scope=read&scope=write", at.ClientId, "invalid_request"),
            ("&response_type=code&prompt=none", at.ClientId, "invalid_request"),
            ("&response_type=code&unknown=1&unknown=2", at.ClientId, "invalid_request"), // section 3.1
            ("&response_type=code", publicClient, "invalid_request"), // RFC 7636 section 4.4.1
            ($"&response_type=code&code_challenge={Challenge}", publicClient, "invalid_request"), // plain
            ($"&response_type=code&code_challenge={Challenge}&code_challenge_method=plain", publicClient, "invalid_request"),
            ($"&response_type=code&code_challenge={Challenge}&code_challenge_method=s256", publicClient, "invalid_request"),
            ($"&response_type=code&code_challenge={Challenge}&code_challenge_method=S512", at.ClientId, "invalid_request"),
            ("&response_type=code&code_challenge_method=S256", at.ClientId, "invalid_request"),
            ($"&response_type=code&code_challenge_method=S256&code_challenge={Challenge[1..]}", at.ClientId, "invalid_request"),
            ($"&response_type=code&code_challenge_method=S256&code_challenge={Challenge}+", at.ClientId, "invalid_request"),
            ($"&response_type=code&code_challenge_method=S256&code_challenge={new string('a', 129)}", at.ClientId, "invalid_request"),
        ];

        foreach (var (query, clientId, error) in faults)
        {
            var page = await visitor.GetAsync($"{path}?client_id={clientId}&redirect_uri={Uri.EscapeDataString(SignInHouse.Callback)}&state=a%20b{query}");

            Assert.Equal((query, HttpStatusCode.Found), (query, page.Status));
            Assert.StartsWith(SignInHouse.Callback + "?error=", page.Location, StringComparison.Ordinal);
            Assert.Equal((query, error, "a b", at.House.Address), (query, page.Answer["error"], page.Answer["state"], page.Answer["iss"]));
            Assert.Matches("^[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+$", page.Answer["error_description"]);
        }
    }

    [Fact]
    public async Task RFC_6749_4_2_2_1_a_client_that_asked_for_a_token_is_told_in_the_fragment()
    {
        await using var at = await SignInHouse.StartAsync();
        var visitor = at.Visit();
        var (noImplicit, _) = await at.AddClientAsync(new() { ["name"] = "Codes only", ["kind"] = "legacy", ["grantTypes"] = new JsonArray("authorization_code") });
        var (api, _) = await at.AddClientAsync(new() { ["name"] = "API", ["kind"] = "api" });
        var callback = Uri.EscapeDataString(SignInHouse.Callback);

        foreach (var clientId in (string[])[noImplicit, api])
        {
            var page = await visitor.GetAsync($"/oauth/authorize?response_type=token&client_id={clientId}&redirect_uri={callback}&state=s");
            Assert.StartsWith(SignInHouse.Callback + "#error=unauthorized_client&", page.Location, StringComparison.Ordinal);
            Assert.Equal("s", page.Answer["state"]);
        }
        var scope = await visitor.GetAsync($"/oauth/authorize?response_type=token&client_id={at.ClientId}&redirect_uri={callback}&scope=all");
        Assert.StartsWith(SignInHouse.Callback + "#error=invalid_scope&", scope.Location, StringComparison.Ordinal);
        Assert.DoesNotContain("state", scope.Answer.Keys);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("a b+c&d=e#f?g%h/i;j,k\"l'<script>m\\n")]
    [InlineData("\r\nSet-Cookie: planted=1\r\n\r\n<html>")]
    [InlineData("grüße 漢字 🌊 \0 end")]
    public async Task RFC_6749_4_1_2_the_state_comes_back_exactly_and_can_end_neither_header_nor_query(string state)
    {
        await using var at = await SignInHouse.StartAsync();

        var (visitor, allowed) = await at.AllowAsync(at.Authorize("&state=" + Uri.EscapeDataString(state)));
        var refused = await visitor.GetAsync(at.Authorize("&scope=x&state=" + Uri.EscapeDataString(state)));

        Assert.Equal(state, allowed.Answer["state"]);
        Assert.Equal(state, refused.Answer["state"]);
        Assert.Equal(["code", "iss", "state"], allowed.Answer.Keys.Order());
        Assert.DoesNotContain("planted", allowed.Response.Headers.Where(one => one.Key == "Set-Cookie").SelectMany(one => one.Value));
        Assert.True(allowed.Location.All(one => one is > ' ' and < '\x7f'), allowed.Location);
    }

    [Fact]
    public async Task A_state_beyond_its_bound_is_refused_and_one_that_reaches_it_is_not()
    {
        await using var at = await SignInHouse.StartAsync();
        var visitor = at.Visit();

        var longest = await visitor.GetAsync(at.Authorize("&state=" + new string('s', 2_000)));
        var longer = await visitor.GetAsync(at.Authorize("&state=" + new string('s', 2_001)));
        var huge = await visitor.GetAsync(at.Authorize("&state=" + new string('s', 9_000)));

        Assert.Equal("Sign in", longest.Heading);
        Assert.Equal("invalid_request", longer.Answer["error"]);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, huge.Status);
    }

    [Fact]
    public async Task RFC_6749_3_1_2_2_the_query_of_a_registered_address_is_kept()
    {
        await using var at = await SignInHouse.StartAsync();
        const string withQuery = "https://app.example.com/callback?tenant=7";
        var (clientId, _) = await at.AddClientAsync(new() { ["name"] = "With query", ["kind"] = "legacy", ["redirectUris"] = new JsonArray(withQuery) });
        var path = $"/oauth/authorize?response_type=code&client_id={clientId}&state=s&redirect_uri={Uri.EscapeDataString(withQuery)}";

        var (_, page) = await at.AllowAsync(path);

        Assert.StartsWith(withQuery + "&code=", page.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_asks_too_often_gets_a_page_that_says_so()
    {
        await using var at = await SignInHouse.StartAsync(StoreKind.Sqlite, null, "Access:RefusalsPerMinute=3", "Access:LockAfter=100");
        var visitor = at.Visit();
        for (var wrong = 0; wrong < 3; wrong++)
            Assert.Equal(HttpStatusCode.BadRequest, (await visitor.SignInAsync(at.Authorize(), "ada", "wrong")).Status);

        var page = await visitor.GetAsync(at.Authorize());

        Assert.Equal(HttpStatusCode.TooManyRequests, page.Status);
        Assert.Equal("Too many requests", page.Heading);
        Assert.True(page.Response.Headers.Contains("Retry-After"));
    }
}
