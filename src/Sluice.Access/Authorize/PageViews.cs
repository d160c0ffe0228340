namespace Sluice.Access;

/// <summary>What the sign-in page shows.</summary>
/// <param name="ClientName">Who sent the user here.</param>
/// <param name="Query">The request to authorize, for the form's address.</param>
/// <param name="Username">What was typed before.</param>
/// <param name="Fault">Why that did not do, or null.</param>
/// <param name="FaultField">The field at fault, empty when it may be any.</param>
internal sealed record SignInView(string ClientName, string Query, string Username = "", string? Fault = null, string FaultField = "");

/// <summary>What the page for a new password shows.</summary>
/// <param name="Query">The request to authorize, empty when no client sent the user.</param>
/// <param name="MinLength">The fewest characters.</param>
/// <param name="Username">What was typed before.</param>
/// <param name="Reason">Why the password must be changed, or null.</param>
/// <param name="Fault">Why the new one did not do, or null.</param>
/// <param name="FaultField">The field at fault, empty when it may be any.</param>
/// <param name="IsDone">Whether the password is changed and there is nowhere to go on to.</param>
internal sealed record PasswordView(
    string Query, int MinLength, string Username = "", string? Reason = null, string? Fault = null, string FaultField = "", bool IsDone = false);

/// <summary>What the consent page shows.</summary>
/// <param name="ClientName">Who asks.</param>
/// <param name="Host">Where the user goes next.</param>
/// <param name="Username">Who is asked.</param>
/// <param name="Rights">What the client could do, in words.</param>
/// <param name="Query">The request to authorize, for the form's address.</param>
internal sealed record ConsentView(string ClientName, string Host, string Username, IReadOnlyList<string> Rights, string Query);

/// <summary>What the sign-out page shows.</summary>
/// <param name="Username">Who is signed in, or null.</param>
internal sealed record SignOutView(string? Username);

/// <summary>What the error page shows.</summary>
/// <param name="Title">What cannot be done.</param>
/// <param name="Reason">Why.</param>
/// <param name="Code">The standard's word for it, or null.</param>
/// <param name="Retry">Where to try again, or null.</param>
internal sealed record FaultView(string Title, string Reason, string? Code, string? Retry);
