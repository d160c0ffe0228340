using System.Security.Cryptography;

namespace Sluice.Access;

/// <summary>What a new password must be. Length decides; words that everybody tries first do not count.</summary>
internal static class PasswordRules
{
    internal const int MaxLength = 128; // the hash reads all of it, so a longer one only costs time
    internal const int MinDifferent = 5;

    /// <summary>The reason a password is not taken, or null.</summary>
    internal static string? FaultOf(string password, string username, int minLength) =>
        password.Length < minLength ? $"A password needs at least {minLength} characters."
        : password.Length > MaxLength ? $"A password has at most {MaxLength} characters."
        : password.Distinct().Count() < MinDifferent ? $"A password needs at least {MinDifferent} different characters."
        : username.Length >= 3 && password.Contains(username, StringComparison.OrdinalIgnoreCase) ? "A password must not contain the user name."
        : null;

    /// <summary>A random password that keeps the rules, whatever the user is called.</summary>
    internal static string Invent(string username, int minLength)
    {
        string invented;
        do
            invented = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)); // 64 characters, the most that may be asked for
        while (FaultOf(invented, username, minLength) is not null); // a short name may stand in it by chance
        return invented;
    }
}
