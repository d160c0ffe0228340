using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>Forms are taken from the browser and user they were made for only; pages come with the headers and marks that they need.</summary>
public sealed class PageFormTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_form_without_its_token_or_with_that_of_another_browser_changes_nothing(StoreKind kind)
    {
        await using var at = await SignInHouse.StartAsync(kind);
        var (victim, consent) = await at.SignInAsync();
        var (thief, thiefsConsent) = await at.SignInAsync();
        var stolen = PageVisitor.TokenOf(thiefsConsent);
        var query = at.Authorize()["/oauth/authorize".Length..];
        (string Path, (string, string)[] Fields)[] posts =
        [
            ("/oauth/consent" + query, [("decision", "allow")]),
            ("/oauth/sign-in" + query, [("username", "ada"), ("password", SignInHouse.Password)]),
            ("/oauth/password", [("username", "ada"), ("old-password", SignInHouse.Password), ("new-password", "stolen 8 password"), ("new-password-again", "stolen 8 password")]),
            ("/oauth/sign-out", []),
        ];
        var session = victim.Session;

        foreach (var (path, fields) in posts)
        {
            foreach (var token in (string[])["", "forged", stolen])
            {
                var page = await victim.PostAsync(path, token.Length == 0 ? fields : [("__form", token), .. fields]);

                Assert.Equal((path, HttpStatusCode.BadRequest, "This form cannot be used"), (path, page.Status, page.Heading));
            }
        }
        Assert.Equal(session, victim.Session);
        Assert.Empty(await at.AuditAsync("user.consented"));
        Assert.Empty(await at.AuditAsync("user.signed-out"));
        Assert.Contains("code", (await victim.SubmitAsync(consent, ("decision", "allow"))).Answer.Keys);
        Assert.NotNull(thief.Session);
    }

    [Fact]
    public async Task A_consent_form_made_for_one_user_is_not_taken_from_the_next_in_the_same_browser()
    {
        await using var at = await SignInHouse.StartAsync();
        await at.AddUserAsync("grace");
        var (visitor, adasConsent) = await at.SignInAsync();
        await visitor.SignInAsync("/oauth/sign-in" + at.Authorize()["/oauth/authorize".Length..], "grace", SignInHouse.Password);

        var refused = await visitor.SubmitAsync(adasConsent, ("decision", "allow"));

        Assert.Equal("This form cannot be used", refused.Heading);
        Assert.Empty(await at.AuditAsync("user.consented"));
    }

    [Fact]
    public async Task The_request_in_the_address_of_a_form_is_checked_again()
    {
        await using var at = await SignInHouse.StartAsync();
        var (visitor, consent) = await at.SignInAsync();
        var elsewhere = consent.Path.Replace("app.example.com", "evil.example.com", StringComparison.Ordinal);

        var page = await visitor.PostAsync(elsewhere, ("__form", PageVisitor.TokenOf(consent)), ("decision", "allow"));

        Assert.NotEqual(consent.Path, elsewhere);
        Assert.Equal((HttpStatusCode.BadRequest, ""), (page.Status, page.Location));
        Assert.Empty(await at.AuditAsync("user.consented"));
    }

    [Fact]
    public async Task A_consent_form_that_comes_after_the_session_ended_leads_to_the_sign_in_page_and_allows_nothing()
    {
        await using var at = await SignInHouse.StartAsync();
        var (visitor, consent) = await at.SignInAsync();
        await at.DoAsync(HttpMethod.Post, $"/api/sluice/v1/users/{at.UserId}/revoke-tokens");

        var page = await visitor.SubmitAsync(consent, ("decision", "allow"));

        Assert.NotEqual(HttpStatusCode.Found, page.Status);
        Assert.Empty(await at.AuditAsync("user.consented"));
        Assert.Empty(await at.AuditAsync("code.granted"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_form_made_before_a_restart_is_still_taken(StoreKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-forms-");
        string[] settings = kind == StoreKind.Postgres ? [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}"] : [];
        VisitedPage before;
        CookieCollection cookies;
        await using (var house = await TestHouse.StartInAsync(folder.FullName, settings))
        {
            using var visitor = new PageVisitor(house.Address);
            before = await visitor.GetAsync("/oauth/password");
            cookies = visitor.Cookies.GetCookies(new Uri(house.Address));
        }

        await using (var house = await TestHouse.StartInAsync(folder.FullName, settings))
        {
            using var visitor = new PageVisitor(house.Address);
            visitor.Cookies.Add(new Uri(house.Address), cookies);
            var after = await visitor.SubmitAsync(
                before, ("username", "nobody"), ("old-password", "wrong"), ("new-password", "a new 9 password"), ("new-password-again", "a new 9 password"));
            Assert.Equal("The user name or the password is wrong.", after.Fault);
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task No_page_can_be_framed_kept_or_extended_and_none_needs_a_script()
    {
        await using var at = await SignInHouse.StartAsync();
        var (visitor, consent) = await at.SignInAsync();
        var query = at.Authorize()["/oauth/authorize".Length..];
        VisitedPage[] pages =
        [
            consent, await visitor.GetAsync("/oauth/sign-in" + query), await visitor.GetAsync("/oauth/password" + query), await visitor.GetAsync("/oauth/sign-out"),
            await visitor.GetAsync("/oauth/authorize"), await visitor.PostAsync("/oauth/sign-out"),
        ];

        foreach (var page in pages)
        {
            Assert.Equal(
                "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
                Assert.Single(page.Response.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("DENY", Assert.Single(page.Response.Headers.GetValues("X-Frame-Options")));
            Assert.True(page.Response.Headers.CacheControl?.NoStore);
            Assert.Equal(new MediaTypeHeaderValue("text/html", "utf-8"), page.Response.Content.Headers.ContentType);
            Assert.DoesNotMatch("<script|style=\"| on[a-z]+=\"|javascript:", page.Text);
            Assert.Matches("^<!DOCTYPE html>\\s*<html lang=\"en\">", page.Text);
        }
    }

    [Fact]
    public async Task Every_field_has_a_label_and_says_what_it_is_for_and_the_stylesheet_is_there()
    {
        await using var at = await SignInHouse.StartAsync();
        var visitor = at.Visit();
        var signIn = await visitor.GetAsync(at.Authorize());
        var password = await visitor.GetAsync("/oauth/password");

        foreach (var page in (VisitedPage[])[signIn, password])
        {
            var fields = Regex.Matches(page.Text, "<input id=\"([^\"]*)\"[^>]*autocomplete=\"([^\"]*)\"", RegexOptions.Singleline);
            Assert.Equal(page == signIn ? ["username", "current-password"] : ["username", "current-password", "new-password", "new-password"],
                fields.Select(field => field.Groups[2].Value));
            Assert.All(fields, field => Assert.Contains($"<label for=\"{field.Groups[1].Value}\"", page.Text, StringComparison.Ordinal));
        }
        var sheet = await visitor.GetAsync(Regex.Match(signIn.Text, "rel=\"stylesheet\" href=\"([^\"]*)\"").Groups[1].Value);
        Assert.Equal(HttpStatusCode.OK, sheet.Status);
        Assert.Contains("prefers-color-scheme: dark", sheet.Text, StringComparison.Ordinal);
        Assert.Equal("text/css", sheet.Response.Content.Headers.ContentType?.MediaType);
    }
}
