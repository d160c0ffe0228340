namespace Sluice.Access;

/// <summary>What a refused sign-in is told. Which of name and password was wrong is never told; what is wrong with a right password is.</summary>
internal static class SignInTexts
{
    internal static string Of(SignInOutcome outcome) => outcome switch
    {
        SignInOutcome.Wrong => "The user name or the password is wrong.",
        SignInOutcome.Locked => "The user is locked after too many wrong passwords; try later or ask an admin.",
        SignInOutcome.Inactive => "The user is not active; ask an admin.",
        SignInOutcome.Expired => "The password expired; change it by signing in at the authorize page.",
        SignInOutcome.Temporary => "The password is temporary; change it by signing in at the authorize page.",
        SignInOutcome.TemporaryExpired => "The temporary password expired; ask an admin for a new one.",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
