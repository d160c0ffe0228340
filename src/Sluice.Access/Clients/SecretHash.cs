using System.Security.Cryptography;
using System.Text;

namespace Sluice.Access;

/// <summary>How secrets are made, kept and compared.</summary>
internal static class SecretHash
{
    /// <summary>A new secret: 48 hexadecimal digits, 192 random bits.</summary>
    internal static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    internal static string NewSalt() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    internal static string Of(string salt, string secret) => Of($"{salt}:{secret}");

    /// <summary>The hash under which a random token is kept: it needs no salt, as nobody can guess it.</summary>
    internal static string Of(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Tells whether the secret is one of the client's live ones, in a time that depends on their number alone.</summary>
    internal static bool Matches(Client? client, string secret, long nowMs)
    {
        var isOne = false;
        foreach (var known in client?.Secrets ?? [])
            isOne |= Equal(known.Hash, Of(known.Salt, secret)) & (known.ExpiresMs is null || known.ExpiresMs > nowMs);
        if (client is null)
            Equal(Of("", ""), Of("", secret)); // an unknown client costs what a known one does
        return isOne;
    }

    private static bool Equal(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(left), Encoding.ASCII.GetBytes(right));
}
