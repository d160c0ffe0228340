using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Sluice.Client.Tokens;

/// <summary>Gives the token to send: fetched once, renewed before it ends, one renewal at a time.</summary>
internal sealed class TokenSource(ClientCredentials credentials, HttpClient http, TimeProvider clock, ILogger logger) : IDisposable
{
    private const long DefaultLifetimeSeconds = 300; // RFC 6749 lets a server leave it out

    private readonly SemaphoreSlim _renewal = new(1, 1);
    private readonly TokenFile? _file = credentials.TokenFile is { } path ? new TokenFile(path, credentials, logger) : null;
    private volatile AccessToken? _token;
    private bool _isFileRead;

    internal ClientCredentials Credentials => credentials;

    /// <summary>The token.</summary>
    /// <exception cref="SluiceException">The server gave none.</exception>
    /// <exception cref="HttpRequestException">It could not be asked.</exception>
    internal ValueTask<string> GetAsync(CancellationToken cancellation) =>
        _token is { } token && token.IsFresh(NowMs) ? new ValueTask<string>(token.Value) : RenewAsync(cancellation);

    /// <summary>Throws a token away that the server does not take; one that somebody has renewed meanwhile stays.</summary>
    internal async Task DiscardAsync(string refused, CancellationToken cancellation)
    {
        await _renewal.WaitAsync(cancellation);
        try
        {
            if (_token?.Value != refused)
                return;
            _token = null;
            _file?.Remove();
        }
        finally
        {
            _renewal.Release();
        }
    }

    private async ValueTask<string> RenewAsync(CancellationToken cancellation)
    {
        await _renewal.WaitAsync(cancellation);
        try
        {
            if (!_isFileRead)
            {
                _token = _file?.Read();
                _isFileRead = true;
            }
            if (_token is { } known && known.IsFresh(NowMs))
                return known.Value;
            var fetched = await FetchAsync(cancellation);
            _token = fetched;
            _file?.Write(fetched);
            logger.TokenRenewed(DateTimeOffset.FromUnixTimeMilliseconds(fetched.ExpiresMs));
            return fetched.Value;
        }
        finally
        {
            _renewal.Release();
        }
    }

    private async Task<AccessToken> FetchAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, credentials.TokenAddress)
        {
            Content = new FormUrlEncodedContent([
                new("grant_type", "client_credentials"), new("client_id", credentials.ClientId), new("client_secret", credentials.ClientSecret)]),
        };
        var nowMs = NowMs;
        using var response = await http.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            throw new SluiceException(Problem.Read((int)response.StatusCode, body));
        var answer = Read(body);
        return answer?.AccessToken is { Length: > 0 } value && !value.Any(char.IsControl)
            ? new AccessToken(value, nowMs, nowMs + (Math.Clamp(answer.ExpiresIn ?? DefaultLifetimeSeconds, 0, int.MaxValue) * 1_000))
            : throw new SluiceException(new Problem((int)response.StatusCode, null, null, $"{credentials.TokenAddress} answered without a token", []));
    }

    private static TokenAnswer? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, TokenJson.Default.TokenAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose() => _renewal.Dispose();
}
