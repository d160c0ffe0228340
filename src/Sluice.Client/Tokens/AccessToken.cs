using System.Text.Json.Serialization;

namespace Sluice.Client.Tokens;

/// <summary>A token with the time it lives for.</summary>
internal sealed record AccessToken(string Value, long IssuedMs, long ExpiresMs)
{
    private const long MaxLeadMs = 60_000;

    /// <summary>Whether it should be used: the last minute of its life, or tenth of a short one, is left out for clocks and slow requests.</summary>
    internal bool IsFresh(long nowMs) => nowMs < ExpiresMs - Math.Min(MaxLeadMs, (ExpiresMs - IssuedMs) / 10);
}

/// <summary>The token address's answer (RFC 6749, 5.1): the lifetime is in seconds.</summary>
internal sealed record TokenAnswer(string? AccessToken, long? ExpiresIn);

/// <summary>How tokens look as JSON, on the wire and in the token file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(AccessToken))]
internal sealed partial class TokenJson : JsonSerializerContext;
