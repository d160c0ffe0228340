using System.Xml.Linq;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.House;

/// <summary>The arrows between projects, and what each shows to the others.</summary>
public sealed class ProjectTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Sluice"] = ["Access", "Audience", "Client", "Collection", "Console", "Gateway"],
        ["Audience"] = ["Access", "Journal", "Profiles", "Storage"],
        ["Client"] = [],
        ["Collection"] = ["Access", "Journal", "Schemas", "Storage"],
        ["Gateway"] = ["Access", "Storage"],
        ["Access"] = ["Storage"],
        ["Console"] = [],
        ["Journal"] = [],
        ["Profiles"] = ["Storage"],
        ["Schemas"] = [],
        ["Storage"] = [],
    };

    [Fact]
    public void A_project_references_only_what_the_tour_draws()
    {
        var found = Directory.EnumerateFiles(Path.Combine(SharedData.Repository, "src"), "*.csproj", SearchOption.AllDirectories).ToDictionary(
            Short,
            project => XDocument.Load(project).Descendants("ProjectReference").Select(one => Short(one.Attribute("Include")!.Value)).Order().ToArray());

        Assert.Equal(Arrows.OrderBy(one => one.Key).Select(Line), found.OrderBy(one => one.Key).Select(Line));
    }

    [Fact]
    public void A_door_shows_its_module_its_options_and_its_runtime_only()
    {
        Assert.Equal(
            ["CollectionHealth", "CollectionModule", "CollectionOptions", "CollectionRuntime", "CollectionSource"],
            Exported(typeof(Sluice.Collection.CollectionModule)));
        Assert.Equal(
            [
                "AccessArea", "AccessModule", "AccessOptions", "AccessRuntime", "Account", "AccountFault", "AccountGroups", "AccountProblem", "AccountWish", "Accounts",
                "AdminCredentials", "AdminRecovery", "ApiDocument", "Caller", "ClientCredentials", "Credentials", "Group", "GroupWish", "ObjectKind", "ObjectRights", "Organisation", "PermissionRow", "RequestEnvironment", "RightNames", "SenderToken",
            ],
            Exported(typeof(Sluice.Access.AccessModule)));
        Assert.Equal(["GatewayModule", "GatewayOptions", "GatewayRuntime"], Exported(typeof(Sluice.Gateway.GatewayModule)));
        Assert.Equal(["AudienceLimits", "AudienceModule", "AudienceOptions", "AudienceRuntime", "AudienceSource"], Exported(typeof(Sluice.Audience.AudienceModule)));
    }

    [Fact]
    public void The_client_shows_what_a_program_needs_and_no_more()
    {
        Assert.Equal(
            [
                "AdministrationOptions", "BatchQuery", "CatalogBatch", "ClientCredentials", "CollectionProducer", "Connection", "Dataset", "FailedGroup", "FailedMessage", "FileUpload",
                "Fix", "FixReason", "GroupOwner", "Inlet", "InletWish", "MessageOutcome", "MessageResult", "ProducerOptions", "SchemaDetail", "SchemaSummary",
                "SluiceAdministration", "SluiceException", "SluiceMessage", "SpoolException", "SpoolOptions",
                "UploadException", "UploadOptions", "UploadProgress",
            ],
            Exported(typeof(Sluice.Client.CollectionProducer)));
    }

    [Fact]
    public void An_engine_shows_a_narrow_api()
    {
        Assert.Equal(
            [
                "ChangeEntry", "ChangeLog", "EnvironmentName", "FileStore", "Folder", "Installation", "MigrationSet", "Migrator", "PendingFile", "PostgresStore", "SqlSession", "SqlStore",
                "SqliteStore", "StorageEnvironment", "StorageOptions", "StoreUnavailableException",
            ],
            Exported(typeof(Sluice.Storage.SqlStore)));
        Assert.Equal(
            [
                "BackfillPart", "BackfilledDay", "BackfilledProfile", "ChangeCause", "ClosedDay", "ComparisonOutcome", "CompiledTraitRule", "CrossDeviceOption",
                "Definition", "DeviceOption", "EventIdentity", "EventOutcome", "FolderDefinition", "HeldSegment", "HeldTrait", "KnownTrait", "LinkedId",
                "MergeRuleDefinition", "MetricsType", "PersonEvent", "PopulationOverlap", "PopulationReports", "ProfileEngine", "ProfileKey", "ProfileOptions",
                "ProfileQueries", "ProfileReport", "RemovedDefinition", "RuleLimits", "RuleProblem", "RuleProblemKind", "RuleSpan", "SegmentChange",
                "SegmentDefinition", "SegmentExplanation", "SegmentNumbers", "SegmentPreview", "SegmentRule", "Signals", "SourceDefinition", "TermCount",
                "TermExplanation", "TextCase", "TraitDefinition", "TraitEvidence", "TraitIndex", "TraitKind", "TraitMatcher", "TraitNumbers", "TraitRole",
                "TraitRule", "TraitRuleExplanation", "WindowCounts",
            ],
            Exported(typeof(Sluice.Profiles.Rules.TraitRule)));
        Assert.Equal(
            ["CompiledSchema", "JsonScanError", "JsonScanner", "SchemaDialect", "SchemaException", "SchemaOptions", "SchemaViolation"],
            Exported(typeof(Sluice.Schemas.CompiledSchema)));
        Assert.Equal(
            [
                "AnswerRecord", "AppendBatch", "AppendResult", "AuthenticatedState", "BackfillRecord", "Enumerator", "Enumerator", "EventJournal", "EventMarks", "EventRecord",
                "EventRecordFields", "Identity", "IdentityEncoder", "IdentityList",
                "JournalBrokenException", "JournalBusyException", "JournalCorruptException", "JournalException", "JournalFullException", "JournalInUseException",
                "JournalOffsetBeyondEndException", "JournalOffsetGoneException", "JournalOptions", "JournalReader", "JournalRecord", "LandedHeader", "LandedHeaderReader", "MessageMarks",
                "MessageOutcome", "MessageRecord", "MessageRecordFields", "NumberList", "PartitionHash", "ProfileCommand", "ProfileCommandRecord", "RecordKind",
                "RecordedSignal", "RememberedKey", "RetentionHold", "RulesRecord", "SignalEncoder", "SignalList", "TimeRecord",
            ],
            Exported(typeof(Sluice.Journal.EventJournal)));
    }

    private static IEnumerable<string> Exported(Type one) =>
        one.Assembly.GetExportedTypes().Where(type => type.Name != "Program").Select(type => type.Name).Order(StringComparer.Ordinal);

    private static string Short(string project) => Path.GetFileNameWithoutExtension(project).Replace("Sluice.", "", StringComparison.Ordinal);

    private static string Line(KeyValuePair<string, string[]> one) => $"{one.Key} -> {string.Join(' ', one.Value)}";
}
