using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>What the door leaves in the journal for every later consumer: Ruling 5 and docs/formats/record.md.</summary>
public sealed class JournalledMessageTests
{
    [Fact]
    [Contract("Ruling 5")]
    public async Task A_record_holds_the_message_byte_for_byte_and_what_the_door_resolved()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-journalled-").FullName;
        string datasetId, schemaId, inletId, batchId, text;
        long receivedMs;
        await using (var house = await TestHouse.StartInAsync(folder, "Collection:LandingPaused=true"))
        {
            using var producer = await Producer.OpenAsync(house);
            (datasetId, schemaId, inletId) = (producer.DatasetId, producer.SchemaId, producer.InletId);
            await producer.Api.SendAsync(
                HttpMethod.Patch, $"/data/foundation/catalog/dataSets/{datasetId}", """{"tags":{"unifiedProfile":["enabled:true"]}}""");
            var entity = Producer.Entity("one");
            entity["identityMap"] = JsonNode.Parse(
                """{"Email":[{"id":"a\/b@example.com","authenticatedState":"loggedOut"}],"ECID":[{"id":"3813","primary":true,"authenticatedState":"authenticated"}]}""");
            var good = producer.Message(entity);
            good["header"]!.AsObject().Remove("imsOrgId");
            var bad = producer.Message(new JsonObject { ["_id"] = "two" });
            text = "{ \"messages\" : [ " + good.ToJsonString().Replace(",\"body\"", ",\n\t\"body\"", StringComparison.Ordinal) + " , " + bad.ToJsonString() + "]}";

            var answer = await producer.Api.PostTextAsync(producer.Path, text);
            batchId = answer.Json["batchId"]!.GetValue<string>();
            receivedMs = answer.Json["receivedTimeMs"]!.GetValue<long>();
        }

        await using (var journal = EventJournal.Open(
            new JournalOptions { Folder = Path.Combine(folder, "production/journal") }, TimeProvider.System, NullLogger.Instance))
        {
            using var reader = journal.OpenReader(journal.StartOffset);
            var records = new List<string>();
            while (reader.TryRead(out var journalled))
            {
                if (journalled.Payload[1] != (byte)RecordKind.Message)
                    continue; // rules and days, which the engine of profiles tells the journal
                Assert.True(MessageRecord.TryRead(journalled.Payload, out var record));
                Assert.Equal(receivedMs, journalled.TimeMs);
                Assert.Contains(Encoding.UTF8.GetString(record.Message), text, StringComparison.Ordinal);
                Assert.Equal([datasetId, schemaId, inletId], [Text(record.DatasetId), Text(record.SchemaId), Text(record.InletId)]);
                var identities = new StringBuilder();
                foreach (var identity in record.Identities)
                    identities.Append($" {Text(identity.NamespaceCode)}={Text(identity.Value)}/{identity.IsPrimary}/{identity.State}");
                records.Add($"{Text(record.XactionId)} {record.Outcome} [{record.Marks}]{identities}");
                if (record.Identities.Count > 0)
                    Assert.Equal(PartitionHash.Of("ECID"u8, "3813"u8), record.PartitionHash);
            }

            Assert.Equal(
                [
                    $"{batchId}:0 Accepted [Profile, Authenticated, OrganisationAdded] Email=a/b@example.com/False/LoggedOut ECID=3813/True/Authenticated",
                    $"{batchId}-1 Rejected [Profile, Authenticated]",
                ],
                records);
        }
        Directory.Delete(folder, recursive: true);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
