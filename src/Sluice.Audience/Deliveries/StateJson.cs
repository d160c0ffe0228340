using System.Text.Json;
using Sluice.Audience.Deliveries.Queue;

namespace Sluice.Audience.Deliveries;

/// <summary>Where a consumer of changes stands, as operators read it.</summary>
internal static class StateJson
{
    /// <summary>Writes the members that destinations and webhooks share.</summary>
    internal static void Write(Utf8JsonWriter json, AudienceEnvironment environment, string consumer, long id, DeliveryState? known)
    {
        var state = known ?? new DeliveryState();
        var stopped = environment.Deliveries.Stopped.GetValueOrDefault((consumer, id));
        var behind = known is null || environment.Engine is null ? 0 : Math.Max(0, environment.Engine.Profiles.CommittedSeq - state.Position);
        json.WriteString("state", stopped is not null ? "stopped" : state.Attempts > 0 ? "waiting" : "delivering");
        json.WriteStartObject("lag");
        json.WriteNumber("changes", state.WaitingMs > 0 ? behind : 0); // what was only passed over is kept now and then
        WriteTime(json, "since", state.WaitingMs);
        json.WriteEndObject();
        json.WriteNumber("received", state.Received);
        json.WriteNumber("attempted", state.Attempted);
        json.WriteNumber("delivered", state.Delivered);
        json.WriteNumber("failed", state.Failed);
        json.WriteNumber("retried", state.Retried);
        json.WriteNumber("dropped", state.Dropped);
        json.WriteNumber("missed", state.Missed);
        json.WriteNumber("attempts", state.Attempts);
        WriteTime(json, "nextAttempt", state.NextMs);
        WriteTime(json, "lastDelivered", state.DeliveredMs);
        WriteTime(json, "lastFailed", state.FailedMs);
        json.WriteNumber("lastStatus", state.LastStatus);
        json.WriteString("lastError", stopped ?? state.LastError);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long ms)
    {
        if (ms > 0)
            json.WriteNumber(name, ms);
        else
            json.WriteNull(name);
    }
}
