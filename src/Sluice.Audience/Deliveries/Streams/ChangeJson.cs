using System.Text.Json;
using Sluice.Profiles.Engine;

namespace Sluice.Audience.Deliveries.Streams;

/// <summary>A change of a membership as readers of the stream and webhooks get it.</summary>
internal static class ChangeJson
{
    private const string In = "in";
    private const string Out = "out";

    internal static void Write(Utf8JsonWriter json, SegmentChange change)
    {
        json.WriteStartObject();
        json.WriteNumber("seq", change.Seq);
        json.WriteNumber("time", change.AtMs);
        json.WriteString("namespace", change.Key.Namespace);
        json.WriteString("id", change.Key.Id);
        json.WriteNumber("segment", change.Segment);
        json.WriteString("oldState", change.Entered ? Out : In);
        json.WriteString("newState", change.Entered ? In : Out);
        json.WriteString("cause", JsonNamingPolicy.CamelCase.ConvertName(change.Cause.ToString()));
        json.WriteString("detail", change.Detail);
        json.WriteEndObject();
    }
}
