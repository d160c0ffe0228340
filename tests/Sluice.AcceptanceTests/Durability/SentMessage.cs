using System.Globalization;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A message as its number alone decides it, so that what is read back can be compared to the last byte.</summary>
public static class SentMessage
{
    private const string Hole = "%";

    private static readonly DateTime Epoch = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Two of ten are refused: one for what is missing in it, one for whose it is.</summary>
    public static bool IsGood(int number) => number % 10 is not (3 or 7);

    public static string Entity(int number) => number % 10 == 7
        ? string.Create(CultureInfo.InvariantCulture, $"{{\"_id\":\"{number}\"}}")
        : string.Create(CultureInfo.InvariantCulture, $"{{\"_id\":\"{number}\",\"timestamp\":\"{Epoch.AddSeconds(number):s}Z\"}}");

    public static string Text(int number, House house, string datasetId)
    {
        var schema = $"\"schemaRef\":{{\"id\":\"{house.SchemaId}\",\"contentType\":\"application/vnd.adobe.xed-full+json;version=1\"}}";
        var organisation = number % 10 == 3 ? "SOMEBODY-ELSE@AdobeOrg" : house.OrgId;
        return $"{{\"header\":{{{schema},\"imsOrgId\":\"{organisation}\",\"source\":{{\"name\":\"crash\"}},\"datasetId\":\"{datasetId}\"}},"
            + $"\"body\":{{\"xdmMeta\":{{{schema}}},\"xdmEntity\":{Entity(number)}}}}}";
    }

    /// <summary>Good messages of a house as a program of its own can write them: <see cref="Fill"/> puts the number in.</summary>
    public static string Template(House house, string datasetId) => Text(0, house, datasetId).Replace(Entity(0), Hole, StringComparison.Ordinal);

    public static string Fill(string template, int number) => template.Replace(Hole, Entity(number), StringComparison.Ordinal);

    public static string Request(int first, int count, House house, string datasetId) =>
        "{\"messages\":[" + string.Join(',', Enumerable.Range(first, count).Select(number => Text(number, house, datasetId))) + "]}";
}
