using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Sluice.Audience.Destinations;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>The token that a partner's server wants, by client credentials: kept until shortly before it ends, and asked for anew when it is refused.</summary>
internal sealed class PartnerToken(TargetClient client, TimeProvider clock) : IDisposable
{
    private const int MaxTokenCharacters = 8_192;
    private const long DefaultSeconds = 3_600; // for servers that do not say

    private static readonly TimeSpan Early = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1);
    private string? _token;
    private string _grantedTo = "";
    private DateTimeOffset _end;

    /// <summary>A token that is good as far as we know; or why there is none.</summary>
    internal async Task<(string? Token, TargetAnswer? Fault)> GetAsync(Destination destination, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            var grantedTo = $"{destination.OauthTokenUrl}\n{destination.OauthClientId}\n{destination.OauthClientSecret}";
            if (_token is null || _grantedTo != grantedTo || clock.GetUtcNow() >= _end)
            {
                _token = null;
                if (await AskAsync(destination, stop) is { } fault)
                    return (null, fault);
                _grantedTo = grantedTo;
            }
            return (_token, null);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets a token that was refused, unless another one is here by now.</summary>
    internal void Refused(string token) => Interlocked.CompareExchange(ref _token, null, token);

    public void Dispose() => _turn.Dispose();

    private async Task<TargetAnswer?> AskAsync(Destination destination, CancellationToken stop)
    {
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(destination.OauthClientId!)}:{Uri.EscapeDataString(destination.OauthClientSecret!)}"));
        var answer = await client.PostAsync(
            destination.OauthTokenUrl!, "grant_type=client_credentials"u8.ToArray(), MediaTypeNames.Application.FormUrlEncoded,
            [("Authorization", $"Basic {credentials}"), ("Accept", MediaTypeNames.Application.Json)], stop);
        if (!answer.IsTaken)
            return TargetAnswer.None($"The token URL gave no token: {answer.Reason}");
        if (Read(answer.Body) is not { } granted)
            return TargetAnswer.None("The token URL gave no token: its answer holds no access_token");
        (_token, _end) = (granted.Token, clock.GetUtcNow() + TimeSpan.FromSeconds(granted.Seconds) - Early);
        return null;
    }

    private static (string Token, long Seconds)? Read(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("access_token", out var token) || token.ValueKind != JsonValueKind.String
                || token.GetString() is not { Length: > 0 and <= MaxTokenCharacters } text || text.Any(letter => letter is <= ' ' or > '~'))
                return null;
            return (text, root.TryGetProperty("expires_in", out var life) && life.ValueKind == JsonValueKind.Number && life.TryGetInt64(out var seconds)
                ? Math.Clamp(seconds, 0, 31_536_000) : DefaultSeconds);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
