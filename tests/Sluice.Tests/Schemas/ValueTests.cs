namespace Sluice.Tests.Schemas;

public sealed class ValueTests
{
    [Theory]
    [InlineData("1e400", true)]
    [InlineData("-1e400", false)]
    [InlineData("1e99999999999999999999", true)]
    [InlineData("1e-99999999999999999999", false)]
    [InlineData("1234567890123456789012345678901234567890", true)]
    [InlineData("3.0000000000000000000000000000000000000001", true)]
    [InlineData("3", false)]
    [InlineData("30e-1", false)]
    [InlineData("0.3e1", false)]
    [InlineData("-0", false)]
    public void Numbers_of_any_size_are_compared_exactly(string number, bool greaterThanThree)
    {
        Assert.Equal(greaterThanThree, ASchema.Draft06("""{"exclusiveMinimum":3}""").Accepts(number));
        Assert.Equal(greaterThanThree, ASchema.Draft06("""{"exclusiveMinimum":3.0}""").Accepts(number));
        Assert.Equal(!greaterThanThree, ASchema.Draft06("""{"maximum":3}""").Accepts(number));
    }

    [Theory]
    [InlineData("0.01", "19.99", true)]
    [InlineData("0.01", "19.999", false)]
    [InlineData("0.0001", "0.00751", false)]
    [InlineData("0.0001", "0.0075", true)]
    [InlineData("7", "700000000000000000000000000000000000000007", true)]
    [InlineData("7", "1e400", false)]
    [InlineData("8", "1e400", true)]
    [InlineData("1e2", "250", false)]
    [InlineData("2.5e1", "250", true)]
    [InlineData("3", "0", true)]
    public void Multiples_are_exact(string divisor, string number, bool isMultiple) =>
        Assert.Equal(isMultiple, ASchema.Draft06($$"""{"multipleOf":{{divisor}}}""").Accepts(number));

    [Theory]
    [InlineData("""{"a":[1,{"b":"/","c":null}]}""", true)]
    [InlineData("""{"a":[1.0,{"c":null,"\u0062":"\/"}]}""", true)]
    [InlineData("""{"a":[10e-1,{"c":null,"b":"/"}]}""", true)]
    [InlineData("""{"a":[1,{"b":"/","c":false}]}""", false)]
    [InlineData("""{"a":[1,{"b":"/"}]}""", false)]
    [InlineData("""{"a":[1,{"b":"/","c":null},2]}""", false)]
    [InlineData("""{"a":["1",{"b":"/","c":null}]}""", false)]
    [InlineData("\"\\ud83d\\udc32\"", true)]
    [InlineData("\"🐲\"", true)]
    [InlineData("\"\\ud83d\"", false)]
    public void Values_of_an_enum_are_compared_deeply_and_by_meaning(string instance, bool member) =>
        Assert.Equal(member, ASchema.Draft06("""{"enum":[{"a":[1,{"b":"/","c":null}]},"🐲"]}""").Accepts(instance));

    [Fact]
    public void Escaped_names_are_the_names_they_mean()
    {
        var schema = ASchema.Ingestion("""{"properties":{"a/b":{"type":"integer"},"q\"":{"type":"integer"},"longer than a word":{"type":"integer"}},"required":["a/b"]}""", refuseUnknown: true);

        Assert.True(schema.Accepts("""{"\u0061\/b":1,"q\"":1,"longer than a \u0077ord":2}"""));
        Assert.False(schema.Accepts("""{"a\/b":"1"}"""));
        Assert.False(schema.Accepts("""{"a/b":1,"q\\":1}"""));
    }

    [Theory]
    [InlineData("🐲🐲", true)]
    [InlineData("\\ud83d\\udc32é", true)]
    [InlineData("🐲🐲🐲", false)]
    [InlineData("é", false)]
    public void Lengths_are_counted_in_code_points(string text, bool hasTwo) =>
        Assert.Equal(hasTwo, ASchema.Draft06("""{"minLength":2,"maxLength":2}""").Accepts($"\"{text}\""));

    [Theory]
    [InlineData("^[A-Z]{3}$", "EUR", true)]
    [InlineData("^[A-Z]{3}$", "EURO", false)]
    [InlineData("^[A-Z]{3}$", "EUR\\n", false)]
    [InlineData("b+", "abbc", true)]
    [InlineData("^a?b*c$", "bbc", true)]
    [InlineData("^a*ab$", "aab", true)]
    [InlineData("^\\\\w+@[a-z.]+$", "joe@example.com", true)]
    [InlineData("^[^a]$", "é", true)]
    [InlineData("^[\\\\d-]+$", "1-2", true)]
    [InlineData("^(?=.*x)a", "abx", true)]
    [InlineData("^(a)\\\\1$", "aa", true)]
    [InlineData("^[🐲-🐴]$", "🐳", true)]
    [InlineData("^.$", "🐳", true)]
    [InlineData("^\\\\u0041\\\\/$", "A/", true)]
    [InlineData("^(x+x+)+y$", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", false)]
    public void Patterns_are_those_of_ecma_and_are_searched(string pattern, string text, bool matches) =>
        Assert.Equal(matches, ASchema.Draft06($$"""{"pattern":"{{pattern}}"}""").Accepts($"\"{text}\""));

    [Fact]
    public void A_pattern_that_goes_back_for_ever_does_not_match_and_ends() =>
        Assert.False(ASchema.Draft06("""{"pattern":"^(?!z)(x+x+)+y$"}""").Accepts($"\"{new string('x', 60)}\""));

    [Fact]
    public void Equal_items_are_found_among_many()
    {
        var schema = ASchema.Draft06("""{"uniqueItems":true}""");
        string items = string.Join(',', Enumerable.Range(0, 3000).Select(i => $$"""{"tags":["a",{{i}}],"id": {{i}} }"""));

        Assert.True(schema.Accepts($"[{items}]"));
        Assert.False(schema.Accepts($$"""[{{items}},{"tags":["\u0061",17.0],"id":17}]"""));
    }

    [Fact]
    public void Big_objects_are_compared_whatever_their_order()
    {
        string[] members = [.. Enumerable.Range(0, 200).Select(i => $"\"k{i}\":{i}")];
        var schema = ASchema.Draft06($$"""{"const":{ {{string.Join(',', members)}} } }""");

        Assert.True(schema.Accepts($"{{{string.Join(',', members.Reverse())}}}"));
        Assert.False(schema.Accepts($"{{{string.Join(',', members[1..])},\"k0\":1}}"));
    }
}
