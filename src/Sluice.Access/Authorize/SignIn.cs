using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary><c>/oauth/sign-in</c>: name and password, once for all clients until the session ends.</summary>
internal static class SignIn
{
    internal static IResult Get(HttpContext http, AccessRuntime access) =>
        Pages.Refuse(http, access, out var asked) ?? Page(new SignInView(asked!.Client.Name, asked.Query), StatusCodes.Status200OK);

    internal static async Task<IResult> PostAsync(HttpContext http, AccessRuntime access)
    {
        if (Pages.Refuse(http, access, out var asked) is { } refusal)
            return refusal;
        var (form, formRefusal) = await PageForm.ReadAsync(http, access);
        if (formRefusal is not null)
            return formRefusal;
        var (username, password) = (form!["username"], form["password"]);
        if (username.Length == 0 || password.Length == 0)
        {
            var field = username.Length == 0 ? "username" : "password";
            return Page(new SignInView(
                asked!.Client.Name, asked.Query, username, field == "username" ? "Enter your user name." : "Enter your password.", field));
        }

        var (outcome, user) = await CheckAsync(http, access, asked!.Client.ClientId, username, password);
        if (outcome.Fault is { } fault)
            return Page(new SignInView(asked.Client.Name, asked.Query, username, fault));
        if (outcome.MustChange is { } reason)
            return ChangePassword.Page(http, new PasswordView(asked.Query, access.Options.PasswordMinLength, username, reason), StatusCodes.Status200OK);
        await access.Sessions.StartAsync(http, user!);
        return Pages.SeeOther(http, AuthorizePages.AuthorizePath + asked.QueryAfterSignIn);
    }

    /// <summary>Checks name and password, counts and records the outcome. A right password of a user who signs in through the API only is refused too.</summary>
    internal static async Task<((string? Fault, string? MustChange) Outcome, User? User)> CheckAsync(
        HttpContext http, AccessRuntime access, string clientId, string username, string password)
    {
        var (outcome, user) = await access.Passwords.CheckAsync(username, password, clientId, AuditEntry.AddressOf(http), http.RequestAborted);
        access.Metrics.SignedIn(outcome);
        var isRight = outcome is SignInOutcome.Accepted or SignInOutcome.Expired or SignInOutcome.Temporary;
        var fault = !isRight ? SignInTexts.Of(outcome)
            : user!.Document.ApiOnly ? "This user signs in through the API only, not in a browser."
            : null;
        if (fault is not null)
            access.Bounds.CountRefusal(http);
        var mustChange = fault is not null ? null : outcome switch
        {
            SignInOutcome.Expired => "Your password is too old.",
            SignInOutcome.Temporary => "Your password was given to you for the first sign-in only.",
            _ => null,
        };
        await access.Audit.WriteAsync(new AuditEntry
        {
            Kind = AuditKinds.SignIn,
            Outcome = (fault ?? mustChange) is null ? "done" : "refused",
            Actor = user?.Username ?? username,
            ClientId = clientId,
            Address = AuditEntry.AddressOf(http),
            Detail = fault ?? mustChange ?? "",
        }, http.RequestAborted);
        return ((fault, mustChange), user);
    }

    private static PageAnswer<SignInView> Page(SignInView view, int status = StatusCodes.Status400BadRequest) => new("SignIn", view, status);
}
