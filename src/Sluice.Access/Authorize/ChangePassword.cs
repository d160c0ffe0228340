using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary><c>/oauth/password</c>: a user's own new password, at the next sign-in when the old one is too old, or at any time.</summary>
internal static class ChangePassword
{
    internal static IResult Get(HttpContext http, AccessRuntime access) =>
        Refuse(http, access, out var asked) ?? Page(http, new PasswordView(asked?.Query ?? "", access.Options.PasswordMinLength), StatusCodes.Status200OK);

    internal static async Task<IResult> PostAsync(HttpContext http, AccessRuntime access)
    {
        if (Refuse(http, access, out var asked) is { } refusal)
            return refusal;
        var (form, formRefusal) = await PageForm.ReadAsync(http, access);
        if (formRefusal is not null)
            return formRefusal;
        var (username, oldPassword, newPassword) = (form!["username"], form["old-password"], form["new-password"]);
        var view = new PasswordView(asked?.Query ?? "", access.Options.PasswordMinLength, username);
        if (FaultOfFields(form) is { } missing)
            return Page(http, view with { Fault = missing.Fault, FaultField = missing.Field });

        var clientId = asked?.Client.ClientId ?? "";
        var (outcome, user) = await SignIn.CheckAsync(http, access, clientId, username, oldPassword);
        if (outcome.Fault is { } fault)
            return Page(http, view with { Fault = fault });
        var newFault = await access.PasswordChange.ChangeOwnAsync(
            user!, oldPassword, newPassword, clientId, AuditEntry.AddressOf(http), http.RequestAborted);
        if (newFault is not null)
            return Page(http, view with { Fault = newFault, FaultField = "new-password" });

        // The change ended every session of the user; this browser begins a new one, as the password was just given.
        await access.Sessions.StartAsync(http, user!);
        return asked is null
            ? Page(http, view with { IsDone = true }, StatusCodes.Status200OK)
            : Pages.SeeOther(http, AuthorizePages.AuthorizePath + asked.QueryAfterSignIn);
    }

    internal static IResult Page(HttpContext http, PasswordView view, int status = StatusCodes.Status400BadRequest) =>
        new PageAnswer<PasswordView>("Password", view, status);

    // Without any parameters nobody sent the user here, and none is needed.
    private static IResult? Refuse(HttpContext http, AccessRuntime access, out AuthorizeRequest? asked)
    {
        asked = null;
        return http.Request.QueryString.Value is not { Length: > 1 } ? null : Pages.Refuse(http, access, out asked);
    }

    private static (string Field, string Fault)? FaultOfFields(PageForm form) =>
        form["username"].Length == 0 ? ("username", "Enter your user name.")
        : form["old-password"].Length == 0 ? ("old-password", "Enter your current password.")
        : form["new-password"].Length == 0 ? ("new-password", "Enter a new password.")
        : form["new-password"] != form["new-password-again"] ? ("new-password-again", "The two new passwords are not the same.")
        : null;
}
