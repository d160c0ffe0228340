using System.Net.Mime;
using Sluice.Audience.Destinations;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>Sends messages to one destination: signed or with a token, and once more at once when the first is not taken (contract audience.md 5.6).</summary>
internal sealed class PartnerSender(TargetClient client, TimeProvider clock, int region) : IDisposable
{
    private readonly PartnerToken _token = new(client, clock);

    /// <summary>What the target said to each request, the last one last.</summary>
    internal async Task<IReadOnlyList<TargetAnswer>> SendAsync(Destination destination, IReadOnlyList<ToldUser> users, CancellationToken stop)
    {
        var body = UserMessage.Write(destination, users, region, clock.GetUtcNow());
        var first = await OnceAsync(destination, body, stop);
        return first.IsTaken ? [first] : [first, await OnceAsync(destination, body, stop)];
    }

    public void Dispose() => _token.Dispose();

    private async Task<TargetAnswer> OnceAsync(Destination destination, byte[] body, CancellationToken stop)
    {
        var headers = new List<(string, string)>();
        if (!string.IsNullOrEmpty(destination.SignatureKey))
        {
            headers.Add((
                destination.SignatureHeader ?? MessageSignature.DefaultHeader,
                MessageSignature.Of(destination.SignatureAlgorithm ?? MessageSignature.DefaultAlgorithm, destination.SignatureKey, body)));
        }
        string? token = null;
        if (!string.IsNullOrEmpty(destination.OauthTokenUrl))
        {
            (token, var fault) = await _token.GetAsync(destination, stop);
            if (fault is not null)
                return fault;
            headers.Add(("Authorization", $"Bearer {token}"));
        }
        var answer = await client.PostAsync(destination.ServerUrl!, body, MediaTypeNames.Application.Json, headers, stop);
        if (answer.Status == 401 && token is not null)
            _token.Refused(token);
        return answer;
    }
}
