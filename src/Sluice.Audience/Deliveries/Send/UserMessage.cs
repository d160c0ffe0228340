using System.Globalization;
using System.Text.Json;
using Sluice.Access;
using Sluice.Audience.Destinations;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>The JSON that a partner's server gets: up to ten users with all their segments, every number a text (contract audience.md 5.6).</summary>
internal static class UserMessage
{
    internal const int MaxUsers = 10;

    internal static byte[] Write(Destination destination, IReadOnlyList<ToldUser> users, int region, DateTimeOffset now)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, ListAnswer.Format))
        {
            json.WriteStartObject();
            json.WriteString("ProcessTime", TextOf(now));
            json.WriteString("User_DPID", TextOf(destination.DataSourceId ?? 0));
            json.WriteString("Client_ID", TextOf(Organisation.AccountId));
            json.WriteString("AAM_Destination_Id", TextOf(destination.Id));
            json.WriteString("User_count", TextOf(users.Count));
            json.WriteStartArray("Users");
            foreach (var user in users)
                Write(json, user, region);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ToldUser user, int region)
    {
        json.WriteStartObject();
        json.WriteString("AAM_UUID", user.Device);
        json.WriteString("DataPartner_UUID", user.Partner);
        json.WriteStartArray("AAM_Regions");
        json.WriteStringValue(TextOf(region));
        json.WriteEndArray();
        json.WriteStartArray("Segments");
        foreach (var segment in user.Segments)
        {
            json.WriteStartObject();
            json.WriteString("Segment_ID", segment.Alias);
            json.WriteString("Status", segment.IsMember ? "1" : "0");
            json.WriteString("DateTime", TextOf(DateTimeOffset.FromUnixTimeMilliseconds(segment.AtMs)));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string TextOf(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string TextOf(DateTimeOffset time) => time.UtcDateTime.ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
}
