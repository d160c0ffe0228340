using Sluice.Access;
using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>What groups give: Access's API for the other doors (contract audience.md section 6).</summary>
[Contract("audience 6")]
public sealed class EffectiveRightsTests
{
    private static readonly Organisation Org = new("org@AdobeOrg", "tenant");

    // Of group A: wildcards; of group B: rows kind/object/rights. Then kind, object, its data source, and what must come out.
    public static TheoryData<string, string, string, long, long?, string> Table => new()
    {
        { "", "", "TRAIT", 1, 10, "" },
        { "VIEW_ALL_TRAITS", "", "TRAIT", 1, 10, "READ" },
        { "VIEW_ALL_TRAITS", "", "SEGMENT", 1, 10, "" },
        { "VIEW_ALL_TRAITS EDIT_ALL_TRAITS DELETE_ALL_TRAITS CREATE_ALL_TRAITS", "", "TRAIT", 1, 10, "READ WRITE CREATE DELETE" },
        { "MAP_ALL_TO_SEGMENTS MAP_ALL_TRAITS_TO_MODELS CREATE_ALL_ALGO_TRAITS", "", "TRAIT", 1, 10, "MAP_TO_SEGMENTS MAP_TO_MODELS CREATE_ALGO_TRAITS" },
        { "VIEW_ALL_SEGMENTS EDIT_ALL_SEGMENTS CREATE_ALL_SEGMENTS DELETE_ALL_SEGMENTS", "", "SEGMENT", 1, 10, "READ WRITE CREATE DELETE" },
        { "MAP_ALL_SEGMENTS_TO_MODELS MAP_ALL_TO_DESTINATIONS", "", "SEGMENT", 1, 10, "MAP_TO_MODELS MAP_TO_DESTINATIONS" },
        { "VIEW_ALL_DESTINATIONS CREATE_DESTINATIONS EDIT_ALL_DESTINATIONS DELETE_ALL_DESTINATIONS", "", "DESTINATION", 1, null, "READ WRITE CREATE DELETE" },
        { "", "TRAIT/1/READ", "TRAIT", 1, 10, "READ" },
        { "", "TRAIT/1/READ", "TRAIT", 2, 10, "" },
        { "", "TRAIT/1/READ", "SEGMENT", 1, 10, "" },
        { "", "TRAIT/10/READ,WRITE", "TRAIT", 1, 10, "READ WRITE" },
        { "", "TRAIT/10/READ,WRITE", "TRAIT", 1, 11, "" },
        { "", "TRAIT/10/READ,WRITE", "TRAIT", 1, null, "" },
        { "", "TRAIT/1/READ TRAIT/10/WRITE", "TRAIT", 1, 10, "READ WRITE" },
        { "VIEW_ALL_TRAITS", "TRAIT/10/DELETE", "TRAIT", 1, 10, "READ DELETE" },
        { "VIEW_ALL_TRAITS", "TRAIT/10/DELETE", "TRAIT", 1, 11, "READ" },
        { "", "SEGMENT/1/MAP_TO_DESTINATION", "SEGMENT", 1, 10, "MAP_TO_DESTINATIONS" },
        { "", "DESTINATION/655/READ", "DESTINATION", 655, null, "READ" },
        { "", "SEGMENT/10/MAP_TO_SEGMENTS", "SEGMENT", 1, 10, "" }, // no such right on segments
        { "VIEW_MODELS", "", "TRAIT", 1, 10, "" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Rights_are_the_union_over_groups_by_wildcard_object_or_data_source(
        string wildcards, string rows, string kind, long objectId, long? dataSourceId, string expected)
    {
        Group[] groups = [GroupOf(1, wildcards.Split(' ', StringSplitOptions.RemoveEmptyEntries), [], 7), GroupOf(2, [], Rows(rows), 7)];
        var caller = CallerOf(groups, isAdmin: false, isRoleBased: true);
        Assert.True(RightNames.TryParseKind(kind, out var objectKind));

        var rights = caller.RightsOn(objectKind, objectId, dataSourceId);

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), RightNames.NamesOf(rights));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, true)]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    public void An_admin_and_everybody_without_role_based_access_may_do_everything(bool isAdmin, bool isRoleBased, bool everything)
    {
        var caller = CallerOf([], isAdmin, isRoleBased);

        Assert.Equal(isAdmin, caller.IsAdmin);
        Assert.Equal(everything, caller.Has("VIEW_ALL_TRAITS"));
        Assert.Equal(everything, caller.Has(RightNames.EditCollection));
        foreach (var kind in Enum.GetValues<ObjectKind>())
            Assert.Equal(everything ? RightNames.PossibleOn(kind) : ObjectRights.None, caller.RightsOn(kind, 1, 2));
    }

    [Fact]
    public void A_group_gives_nothing_to_those_who_are_not_in_it()
    {
        var caller = CallerOf([GroupOf(1, ["VIEW_ALL_TRAITS"], Rows("SEGMENT/1/READ"), 8)], isAdmin: false, isRoleBased: true);

        Assert.False(caller.Has("VIEW_ALL_TRAITS"));
        Assert.Equal(ObjectRights.None, caller.RightsOn(ObjectKind.Segment, 1, null));
    }

    [Fact]
    public void A_right_on_an_object_holds_in_its_environment_only()
    {
        var caller = CallerOf([GroupOf(1, [], Rows("TRAIT/5/READ"), 7)], isAdmin: false, isRoleBased: true);

        Assert.Equal(ObjectRights.Read, caller.RightsOn(ObjectKind.Trait, 5, null));
        Assert.True(EnvironmentName.TryParse("beta", out var beta));
        Assert.Equal(ObjectRights.None, caller.In(beta).RightsOn(ObjectKind.Trait, 5, null));
    }

    [Fact]
    public void Every_documented_word_is_known()
    {
        string[] wildcards =
        [
            "VIEW_ALL_TRAITS", "CREATE_ALL_TRAITS", "EDIT_ALL_TRAITS", "DELETE_ALL_TRAITS", "VIEW_ALL_SEGMENTS", "CREATE_ALL_SEGMENTS", "EDIT_ALL_SEGMENTS",
            "DELETE_ALL_SEGMENTS", "VIEW_ALL_DESTINATIONS", "CREATE_DESTINATIONS", "EDIT_ALL_DESTINATIONS", "DELETE_ALL_DESTINATIONS", "MAP_ALL_TO_SEGMENTS",
            "MAP_ALL_TRAITS_TO_MODELS", "MAP_ALL_SEGMENTS_TO_MODELS", "MAP_ALL_TO_DESTINATIONS", "CREATE_ALL_ALGO_TRAITS", "VIEW_MODELS",
            "VIEW_DERIVED_SIGNALS", "CREATE_DERIVED_SIGNALS", "EDIT_DERIVED_SIGNALS", "DELETE_DERIVED_SIGNALS", "VIEW_TAGS", "MANAGE_SEGMENT_TEST_GROUPS",
            "VIEW_ALL_SIGNALS",
        ];

        Assert.All(wildcards, wildcard => Assert.True(RightNames.IsWildcard(wildcard), wildcard));
        Assert.False(RightNames.IsWildcard("VIEW_EVERYTHING"));
        Assert.False(RightNames.TryParseRight("FLY", out _));
        Assert.False(RightNames.TryParseKind("MODEL", out _));
        Assert.Equal(
            ["CREATE_DESTINATIONS", "DELETE_ALL_DESTINATIONS", "EDIT_ALL_DESTINATIONS", "VIEW_ALL_DESTINATIONS"], RightNames.WildcardsOf(ObjectKind.Destination));
    }

    private static Caller CallerOf(Group[] groups, bool isAdmin, bool isRoleBased)
    {
        var user = new User
        {
            UserId = 7,
            Username = "ada",
            Document = new UserDocument(),
            IsAdmin = isAdmin,
            ClientId = "",
            HasPassword = true,
            PasswordSetMs = 0,
            PasswordIsTemporary = false,
            LockedUntilMs = 0,
            TokensSinceMs = 0,
            CreatedMs = 0,
            UpdatedMs = 0,
            CreatedBy = 0,
            UpdatedBy = 0,
        };
        return new Caller(Org, null, user, new AccessSnapshot([], [user], groups, [], isRoleBased), "").In(EnvironmentName.Production);
    }

    private static Group GroupOf(long id, string[] wildcards, PermissionRow[] rows, long user) => new(id, $"group {id}", "", wildcards, rows, [user], 0, 0, 0, 0);

    private static PermissionRow[] Rows(string text) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(row =>
        {
            var parts = row.Split('/');
            Assert.True(RightNames.TryParseKind(parts[0], out var kind));
            var rights = ObjectRights.None;
            foreach (var name in parts[2].Split(','))
            {
                Assert.True(RightNames.TryParseRight(name, out var right));
                rights |= right;
            }
            return new PermissionRow(kind, long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), rights, "production");
        }),
    ];
}
