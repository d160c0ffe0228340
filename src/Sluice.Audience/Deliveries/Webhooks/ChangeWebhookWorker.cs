using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using Sluice.Audience.Deliveries.Queue;
using Sluice.Audience.Deliveries.Streams;
using Sluice.Audience.Lists;
using Sluice.Profiles.Engine;

namespace Sluice.Audience.Deliveries.Webhooks;

/// <summary>Tells one webhook of changes, up to a hundred at a time, one message after the other.</summary>
internal sealed class ChangeWebhookWorker(AudienceEnvironment environment, long id, DeliveryTools tools) : ChangeWorker(environment, DeliveryState.OfWebhook, id, tools)
{
    private const int ChangesPerMessage = 100;

    protected override bool IsThere => Find() is not null;

    protected override long Version => Find()?.Version ?? 0;

    protected override TimeSpan Retention => Tools.Options.DeliveryRetention;

    protected override async Task<long> FirstPositionAsync(CancellationToken stop)
    {
        var end = Profiles.CommittedSeq;
        return (await Profiles.FindChangeAsync(DateTimeOffset.FromUnixTimeMilliseconds(Find()?.CreatedMs ?? NowMs), stop) ?? end + 1) - 1;
    }

    protected override async Task CarryAsync(IReadOnlyList<SegmentChange> changes, CancellationToken stop)
    {
        var waiting = changes.Where(change => Find()?.Wants(change.Segment) == true).ToList();
        if (waiting.Count > 0)
            Count(received: waiting.Count);
        while (waiting.Count > 0 && Find() is { } webhook)
        {
            var before = NowMs - (long)Retention.TotalMilliseconds;
            Drop(waiting.RemoveAll(change => change.AtMs < before));
            waiting.RemoveAll(change => !webhook.Wants(change.Segment)); // it may have changed meanwhile
            var message = waiting.Take(ChangesPerMessage).ToList();
            if (message.Count == 0)
                return;
            State.WaitingMs = message[0].AtMs;
            if (await SendAsync(webhook, message, stop))
                waiting.RemoveRange(0, message.Count);
            await SaveAsync(stop);
            await PauseAsync(State.NextMs, stop);
        }
    }

    private ChangeWebhook? Find() => Environment.Deliveries.Webhooks.Known.GetValueOrDefault(Id);

    private async Task<bool> SendAsync(ChangeWebhook webhook, List<SegmentChange> message, CancellationToken stop)
    {
        var body = Write(message);
        var seconds = Tools.Clock.GetUtcNow().ToUnixTimeSeconds();
        var messageId = string.Create(CultureInfo.InvariantCulture, $"{Id}-{message[0].Seq}-{message[^1].Seq}");
        var answer = await Tools.Client.PostAsync(
            webhook.Url, body, MediaTypeNames.Application.Json,
            [
                ("webhook-id", messageId),
                ("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture)),
                ("webhook-signature", WebhookSignature.Of(webhook.Secret, messageId, seconds, body)),
            ], stop);
        Heard(answer);
        State.Retried += State.Attempts > 0 ? 1 : 0;
        Count(attempted: message.Count, delivered: answer.IsTaken ? message.Count : 0);
        if (answer.IsTaken)
            (State.Attempts, State.NextMs, State.WaitingMs, State.Position) = (0, 0, 0, message[^1].Seq);
        else
            Unreachable(answer);
        return answer.IsTaken;
    }

    private byte[] Write(List<SegmentChange> message)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, ListAnswer.Format))
        {
            json.WriteStartObject();
            json.WriteNumber("webhookId", Id);
            json.WriteString("environment", Environment.Name.Value);
            json.WriteStartArray("changes");
            foreach (var change in message)
                ChangeJson.Write(json, change);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
