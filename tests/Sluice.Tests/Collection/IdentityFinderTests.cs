using System.Text;
using Sluice.Collection.Routes;
using Sluice.Collection.Validate;
using Sluice.Journal.Records;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Which identities a record has (contract collection.md 5.2).</summary>
[Contract("5.2")]
public sealed class IdentityFinderTests
{
    [Fact]
    public void Fields_that_descriptors_name_are_identities_beside_the_map_and_their_primary_is_the_records()
    {
        var found = Find(
            """{"workEmail":{"address":"a@example.com"},"devices":[{"id":1},{"id":"two"},{}]}""",
            """{"ECID":[{"id":"38","primary":true}]}""",
            Field("devices.id", "Device", false), Field("workEmail.address", "Email", true));

        Assert.Equal(["Device=1", "Device=two", "Email=a@example.com*", "ECID=38"], found);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"  \"")]
    [InlineData("\"null\"")]
    [InlineData("\"Anonymous\"")]
    [InlineData("\"INVALID\"")]
    [InlineData("{}")]
    [InlineData("true")]
    public void A_value_that_stands_for_nobody_is_no_identity(string value) =>
        Assert.Empty(Find($$"""{"id":{{value}}}""", $$"""{"ECID":[{"id":{{value}}}]}""", Field("id", "Device", false)));

    [Fact]
    public void An_entry_may_say_primary_as_text_and_only_the_first_primary_counts() =>
        Assert.Equal(["ECID=1", "ECID=2*", "Email=3"], Find("{}", """{"ECID":[{"id":"1"},{"id":"2","primary":"true"}],"Email":[{"id":"3","primary":true}]}"""));

    [Fact]
    public void Escaped_keys_and_values_are_what_they_mean() =>
        Assert.Equal(["Email=a/b*"], Find("""{"m\u0061il":"a\/b"}""", "{}", Field("mail", "Email", true)));

    [Fact]
    public void Not_more_than_twenty_are_taken() =>
        Assert.Equal(20, Find("{}", "{\"ECID\":[" + string.Join(',', Enumerable.Range(0, 30).Select(one => $"{{\"id\":\"{one}\"}}")) + "]}").Count);

    private static IdentityField Field(string path, string code, bool isPrimary) =>
        new([.. path.Split('.').Select(Encoding.UTF8.GetBytes)], Encoding.UTF8.GetBytes(code), isPrimary);

    private static List<string> Find(string entity, string map, params IdentityField[] fields)
    {
        var buffer = new byte[16_384];
        var finder = new IdentityFinder(buffer, NamespaceCodes.Standard);
        finder.FindFields(Encoding.UTF8.GetBytes(entity), fields);
        finder.FindMap(Encoding.UTF8.GetBytes(map));
        var found = new List<string>();
        foreach (var identity in new IdentityList(finder.Count, buffer.AsSpan(0, finder.EncodedBytes)))
            found.Add($"{Encoding.UTF8.GetString(identity.NamespaceCode)}={Encoding.UTF8.GetString(identity.Value)}{(identity.IsPrimary ? "*" : "")}");
        return found;
    }
}
