using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>Signing in with name and password: who may not, when the password must be changed, what locks (contract audience.md 1.1, Ruling 6).</summary>
public sealed class SignInTests
{
    private const string NewPassword = "staple 9 horse correct";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Five_wrong_passwords_lock_also_for_the_right_one_until_the_lock_ends(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var at = await SignInHouse.StartAsync(kind, clock);
        var visitor = at.Visit();
        for (var attempt = 1; attempt <= 4; attempt++)
            Assert.Equal("The user name or the password is wrong.", (await visitor.SignInAsync(at.Authorize(), "ada", "wrong")).Fault);

        var fifth = await visitor.SignInAsync(at.Authorize(), "ada", "wrong");
        var right = await visitor.SignInAsync(at.Authorize(), "ada", SignInHouse.Password);
        clock.Shift(TimeSpan.FromMinutes(31));
        var later = await visitor.SignInAsync(at.Authorize(), "ada", SignInHouse.Password);

        Assert.Contains("locked", fifth.Fault, StringComparison.Ordinal);
        Assert.Contains("locked", right.Fault, StringComparison.Ordinal);
        Assert.Contains("to act for you?", later.Heading, StringComparison.Ordinal);
        Assert.Equal(["done ada 5 wrong passwords"], await at.AuditAsync("user.locked"));
        Assert.Equal(7, (await at.AuditAsync("user.signed-in")).Count);
    }

    [Fact]
    public async Task An_admin_unlocks_earlier_and_a_wrong_password_says_the_same_of_names_that_nobody_has()
    {
        await using var at = await SignInHouse.StartAsync(StoreKind.Sqlite, null, "Access:LockAfter=2");
        var visitor = at.Visit();
        foreach (var name in (string[])["ada", "nobody"])
        {
            Assert.Equal("The user name or the password is wrong.", (await visitor.SignInAsync(at.Authorize(), name, "wrong")).Fault);
            Assert.Contains("locked", (await visitor.SignInAsync(at.Authorize(), name, "wrong")).Fault, StringComparison.Ordinal);
        }

        await at.DoAsync(HttpMethod.Post, $"/api/sluice/v1/users/{at.UserId}/unlock");

        Assert.Contains("to act for you?", (await visitor.SignInAsync(at.Authorize(), "ADA", SignInHouse.Password)).Heading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_signs_in_through_the_API_only_is_told_so_after_the_right_password_alone()
    {
        await using var at = await SignInHouse.StartAsync();
        await at.AddUserAsync("robot", apiOnly: true);
        var technical = (await at.Admin.GetAsync("/api/sluice/v1/clients")).Json["items"]!.AsArray()
            .Select(one => one!["technicalAccount"]?.GetValue<string>()).First(one => one is not null)!;
        var visitor = at.Visit();

        var wrong = await visitor.SignInAsync(at.Authorize(), "robot", "wrong");
        var right = await visitor.SignInAsync(at.Authorize(), "robot", SignInHouse.Password);
        var account = await visitor.SignInAsync(at.Authorize(), technical, SignInHouse.Password);
        var password = await visitor.SubmitAsync(await visitor.GetAsync("/oauth/password" + at.Authorize()["/oauth/authorize".Length..]),
            ("username", "robot"), ("old-password", SignInHouse.Password), ("new-password", NewPassword), ("new-password-again", NewPassword));

        Assert.Equal("The user name or the password is wrong.", wrong.Fault);
        Assert.Contains("through the API only", right.Fault, StringComparison.Ordinal);
        Assert.Equal("The user name or the password is wrong.", account.Fault);
        Assert.Contains("through the API only", password.Fault, StringComparison.Ordinal);
        Assert.Null(visitor.Session);
        Assert.Contains("refused robot This user signs in through the API only, not in a browser.", await at.AuditAsync("user.signed-in"));
    }

    [Fact]
    public async Task A_user_who_is_not_active_is_told_so_and_stays_out()
    {
        await using var at = await SignInHouse.StartAsync();
        await at.DoAsync(HttpMethod.Patch, $"/api/sluice/v1/users/{at.UserId}", new() { ["status"] = "INACTIVE" });

        var (visitor, page) = await at.SignInAsync();

        Assert.Equal("The user is not active; ask an admin.", page.Fault);
        Assert.Null(visitor.Session);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_password_of_ninety_days_must_be_changed_before_the_way_goes_on_to_the_client(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var at = await SignInHouse.StartAsync(kind, clock);
        clock.Shift(TimeSpan.FromDays(91));

        var (visitor, change) = await at.SignInAsync(at.Authorize("&state=a%26b"));
        Assert.Equal("Change your password", change.Heading);
        Assert.Contains("Your password is too old.", change.Text, StringComparison.Ordinal);
        Assert.Null(visitor.Session);
        var consent = await visitor.SubmitAsync(change,
            ("username", "ada"), ("old-password", SignInHouse.Password), ("new-password", NewPassword), ("new-password-again", NewPassword));
        var page = await visitor.SubmitAsync(consent, ("decision", "allow"));

        Assert.Equal("a&b", page.Answer["state"]);
        Assert.Equal(HttpStatusCode.OK, (await at.ExchangeAsync(page.Answer["code"])).Status);
        Assert.Equal("The user name or the password is wrong.", (await at.SignInAsync()).Page.Fault);
        Assert.Contains("code", (await at.Visit().SignInAsync(at.Authorize(), "ada", NewPassword)).Answer.Keys);
    }

    [Fact]
    public async Task A_temporary_password_opens_the_page_for_a_new_one_only_and_only_for_a_day()
    {
        var clock = new ShiftedClock();
        await using var at = await SignInHouse.StartAsync(StoreKind.Sqlite, clock);
        await at.AddUserAsync("grace", temporary: true);
        await at.AddUserAsync("late", temporary: true);

        var (visitor, change) = await at.SignInAsync(username: "grace");
        var consent = await visitor.SubmitAsync(change,
            ("username", "grace"), ("old-password", SignInHouse.Password), ("new-password", NewPassword), ("new-password-again", NewPassword));
        clock.Shift(TimeSpan.FromHours(25));
        var (_, late) = await at.SignInAsync(username: "late");

        Assert.Contains("first sign-in only", change.Text, StringComparison.Ordinal);
        Assert.Contains("to act for you?", consent.Heading, StringComparison.Ordinal);
        Assert.Equal("The temporary password expired; ask an admin for a new one.", late.Fault);
    }

    [Theory]
    [InlineData(SignInHouse.Password, "short", "short", "A password needs at least 12 characters.")]
    [InlineData(SignInHouse.Password, "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "A password needs at least 5 different characters.")]
    [InlineData(SignInHouse.Password, "my name is ADA 17", "my name is ADA 17", "A password must not contain the user name.")]
    [InlineData(SignInHouse.Password, SignInHouse.Password, SignInHouse.Password, "The new password is the old one.")]
    [InlineData(SignInHouse.Password, NewPassword, "staple 9 horse corrext", "The two new passwords are not the same.")]
    [InlineData("wrong", NewPassword, NewPassword, "The user name or the password is wrong.")]
    [InlineData(SignInHouse.Password, "", "", "Enter a new password.")]
    [InlineData("", NewPassword, NewPassword, "Enter your current password.")]
    public async Task A_new_password_that_breaks_a_rule_is_refused_with_the_rule_and_the_old_one_stays(string old, string first, string second, string fault)
    {
        await using var at = await SignInHouse.StartAsync();
        var visitor = at.Visit();
        var page = await visitor.GetAsync("/oauth/password");

        var refused = await visitor.SubmitAsync(page, ("username", "ada"), ("old-password", old), ("new-password", first), ("new-password-again", second));

        Assert.Equal((HttpStatusCode.BadRequest, fault), (refused.Status, refused.Fault));
        Assert.Contains("aria-invalid=\"true\" aria-describedby=\"fault", refused.Text, StringComparison.Ordinal);
        Assert.Null(visitor.Session);
        Assert.DoesNotContain("value=\"" + SignInHouse.Password, refused.Text, StringComparison.Ordinal);
        Assert.Contains("to act for you?", (await at.SignInAsync()).Page.Heading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_changes_the_password_without_being_sent_by_a_client()
    {
        await using var at = await SignInHouse.StartAsync();
        var visitor = at.Visit();

        var done = await visitor.SubmitAsync(await visitor.GetAsync("/oauth/password"),
            ("username", "ada"), ("old-password", SignInHouse.Password), ("new-password", NewPassword), ("new-password-again", NewPassword));

        Assert.Equal("Password changed", done.Heading);
        Assert.Equal("done ada", (await at.AuditAsync("user.password-changed"))[0]);
        Assert.Contains("to act for you?", (await at.Visit().SignInAsync(at.Authorize(), "ada", NewPassword)).Heading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_and_oversized_fields_are_refused_before_a_password_is_looked_at()
    {
        await using var at = await SignInHouse.StartAsync(StoreKind.Sqlite, null, "Access:LockAfter=1");
        var visitor = at.Visit();
        var page = await visitor.GetAsync(at.Authorize());

        var noName = await visitor.SubmitAsync(page, ("username", ""), ("password", "x"));
        var noPassword = await visitor.SubmitAsync(page, ("username", "ada"), ("password", ""));
        var longName = await visitor.SubmitAsync(page, ("username", new string('a', 1_001)), ("password", "x"));
        var nameless = await visitor.PostAsync(page.Path, ("", new string('a', 1_001)));
        var namelessWithToken = await visitor.PostAsync(page.Path, ("__form", PageVisitor.TokenOf(page)), ("", new string('a', 1_001)));
        var twice = await visitor.SubmitAsync(page, ("username", "ada"), ("username", "ada"), ("password", "x"));
        var body = await visitor.SubmitAsync(page, ("username", "ada"), ("password", new string('p', 70_000)));
        var many = await visitor.PostAsync(page.Path, [.. Enumerable.Range(0, 2_000).Select(one => ($"f{one}", "x"))]);

        Assert.Equal("Enter your user name.", noName.Fault);
        Assert.Equal("Enter your password.", noPassword.Fault);
        Assert.Contains("username stands twice or has more than", longName.Fault, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, nameless.Status);
        Assert.Contains("has more than 1000 characters", namelessWithToken.Fault, StringComparison.Ordinal);
        Assert.Contains("username stands twice", twice.Fault, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, body.Status);
        Assert.Equal("The form cannot be read.", many.Fault);
        Assert.Contains("to act for you?", (await at.SignInAsync()).Page.Heading, StringComparison.Ordinal);
    }
}
