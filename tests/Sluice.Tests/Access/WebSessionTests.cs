using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>How long a sign-in in a browser lasts, what ends it, and that nobody can plant one.</summary>
public sealed class WebSessionTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_session_ends_after_its_lifetime(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var at = await SignInHouse.StartAsync(kind, clock);
        var (visitor, _) = await at.AllowAsync();

        clock.Shift(TimeSpan.FromHours(11));
        var before = await visitor.GetAsync(at.Authorize());
        clock.Shift(TimeSpan.FromHours(2));
        var after = await visitor.GetAsync(at.Authorize());

        Assert.Contains("code", before.Answer.Keys);
        Assert.Equal("Sign in", after.Heading);
    }

    [Theory]
    [InlineData("revoke")]
    [InlineData("deactivate and activate")]
    [InlineData("password by admin")]
    [InlineData("password by user")]
    [InlineData("API only")]
    [InlineData("delete")]
    public async Task A_session_ends_when_its_user_is_shut_out_or_the_password_changes(string how)
    {
        await using var at = await SignInHouse.StartAsync();
        var (visitor, allowed) = await at.AllowAsync();
        var user = $"/api/sluice/v1/users/{at.UserId}";

        switch (how)
        {
            case "revoke":
                await at.DoAsync(HttpMethod.Post, user + "/revoke-tokens");
                break;
            case "deactivate and activate":
                await at.DoAsync(HttpMethod.Patch, user, new() { ["status"] = "INACTIVE" });
                await at.DoAsync(HttpMethod.Patch, user, new() { ["status"] = "ACTIVE" });
                break;
            case "password by admin":
                await at.DoAsync(HttpMethod.Post, user + "/password", new() { ["password"] = "another 5 long word" });
                break;
            case "password by user":
                var other = at.Visit();
                await other.SubmitAsync(await other.GetAsync("/oauth/password"), ("username", "ada"), ("old-password", SignInHouse.Password),
                    ("new-password", "another 5 long word"), ("new-password-again", "another 5 long word"));
                Assert.Contains("code", (await other.GetAsync(at.Authorize())).Answer.Keys);
                break;
            case "API only":
                await at.DoAsync(HttpMethod.Patch, user, new() { ["apiOnly"] = true });
                break;
            default:
                await at.DoAsync(HttpMethod.Delete, user);
                break;
        }

        Assert.Contains("code", allowed.Answer.Keys);
        Assert.Equal("Sign in", (await visitor.GetAsync(at.Authorize())).Heading);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Signing_out_ends_the_session_in_the_table_and_not_in_the_cookie_alone(StoreKind kind)
    {
        await using var at = await SignInHouse.StartAsync(kind);
        var (visitor, _) = await at.AllowAsync();
        var id = visitor.Session!;

        var page = await visitor.GetAsync("/oauth/sign-out");
        var done = await visitor.SubmitAsync(page);
        var keptId = at.Visit();
        keptId.Session = id;

        Assert.Contains("You are signed in as <strong>ada</strong>", page.Text, StringComparison.Ordinal);
        Assert.Equal("You are signed out", done.Heading);
        Assert.Null(visitor.Session);
        Assert.Equal("Sign in", (await keptId.GetAsync(at.Authorize())).Heading);
        Assert.Equal(["done ada"], await at.AuditAsync("user.signed-out"));
    }

    [Fact]
    public async Task A_planted_session_id_is_never_the_one_of_a_sign_in()
    {
        await using var at = await SignInHouse.StartAsync();
        var planted = new string('a', 48);
        var victim = at.Visit();
        victim.Session = planted;

        await victim.SignInAsync(at.Authorize(), "ada", SignInHouse.Password);
        var thief = at.Visit();
        thief.Session = planted;

        Assert.NotEqual(planted, victim.Session);
        Assert.Equal("Sign in", (await thief.GetAsync(at.Authorize())).Heading);
    }

    [Fact]
    public async Task Each_sign_in_has_an_id_of_its_own_and_ends_the_one_before_it_in_that_browser()
    {
        await using var at = await SignInHouse.StartAsync();
        await at.AddUserAsync("grace");
        var (visitor, consent) = await at.SignInAsync();
        var first = visitor.Session!;
        Assert.Contains("Sign in as somebody else", consent.Text, StringComparison.Ordinal);

        var asGrace = await visitor.SignInAsync("/oauth/sign-in" + at.Authorize()["/oauth/authorize".Length..], "grace", SignInHouse.Password);
        var old = at.Visit();
        old.Session = first;

        Assert.Contains("You are signed in as <strong>grace</strong>", asGrace.Text, StringComparison.Ordinal);
        Assert.NotEqual(first, visitor.Session);
        Assert.Equal("Sign in", (await old.GetAsync(at.Authorize())).Heading);
    }

    [Fact]
    public async Task The_cookie_is_for_the_server_alone_and_over_https_bound_to_the_host()
    {
        await using var plain = await SignInHouse.StartAsync();
        await using var behindTls = await SignInHouse.StartAsync(StoreKind.Sqlite, null, "Access:Issuer=https://sluice.example.com");

        var insecure = await CookieOfAsync(plain);
        var secure = await CookieOfAsync(behindTls);

        Assert.DoesNotContain("secure", (await plain.Visit().GetAsync("/oauth/password")).Response.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        Assert.Matches(
            "^sluice-forms=[^;]*; path=/; secure; samesite=lax; httponly$",
            (await behindTls.Visit().GetAsync("/oauth/password")).Response.Headers.GetValues("Set-Cookie").Single());
        Assert.Matches("^sluice-session=[0-9a-f]{48}; path=/; samesite=lax; httponly$", insecure);
        Assert.Matches("^__Host-sluice-session=[0-9a-f]{48}; path=/; secure; samesite=lax; httponly$", secure);
    }

    [Fact]
    public async Task Junk_in_the_cookie_is_nobody()
    {
        await using var at = await SignInHouse.StartAsync();
        foreach (var junk in (string[])["x", "%00", new string('z', 48), new string('z', 4_000)])
        {
            var visitor = at.Visit();
            visitor.Session = junk;
            Assert.Equal("Sign in", (await visitor.GetAsync(at.Authorize())).Heading);
        }
    }

    private static async Task<string> CookieOfAsync(SignInHouse at)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(at.House.Address) };
        using var visitor = at.Visit();
        var page = await visitor.GetAsync(at.Authorize());
        using var request = visitor.Form(page, ("username", "ada"), ("password", SignInHouse.Password));
        var forms = page.Response.Headers.GetValues("Set-Cookie").Single(); // over plain http a cookie container keeps a secure cookie to itself
        request.Headers.Add("Cookie", forms[..forms.IndexOf(';', StringComparison.Ordinal)]);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return Assert.Single(answer.Headers.GetValues("Set-Cookie"));
    }
}
