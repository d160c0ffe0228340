using System.Text.Json;
using Sluice.Gateway.Json;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>JSONPath as bundles write it (contract gateway.md 7): what is found, and what is said of a path that cannot be read.</summary>
public sealed class JsonPathTests
{
    private const string Store = """
        {"store":{"book":[
          {"category":"reference","author":"Rees","title":"Sayings","price":8.95},
          {"category":"fiction","author":"Waugh","title":"Sword","price":12.99},
          {"category":"fiction","author":"Melville","title":"Moby Dick","isbn":"0-553-21311-3","price":8.99},
          {"category":"fiction","author":"Tolkien","title":"Rings","isbn":"0-395-19395-8","price":22.99}],
          "bicycle":{"color":"red","price":19.95}},"odd name":{"a.b":[1,2,3]},"limit":10,"none":null}
        """;

    [Theory]
    [InlineData("$.store.bicycle.color", "red")]
    [InlineData("store.bicycle.color", "red")]
    [InlineData("$['store']['bicycle']['color']", "red")]
    [InlineData("$[\"odd name\"]['a.b'][1]", "2")]
    [InlineData("$.store.book[0].title", "Sayings")]
    [InlineData("$.store.book[-1].title", "Rings")]
    [InlineData("$.store.book[9].title", "")]
    [InlineData("$.store.book[*].author", "Rees|Waugh|Melville|Tolkien")]
    [InlineData("$..author", "Rees|Waugh|Melville|Tolkien")]
    [InlineData("$..price", "8.95|12.99|8.99|22.99|19.95")]
    [InlineData("$.store..price", "8.95|12.99|8.99|22.99|19.95")]
    [InlineData("$..book[2].title", "Moby Dick")]
    [InlineData("$.store.book[0,2].title", "Sayings|Moby Dick")]
    [InlineData("$.store.book[0]['title','price']", "Sayings|8.95")]
    [InlineData("$.store.book[:2].title", "Sayings|Sword")]
    [InlineData("$.store.book[1:3].title", "Sword|Moby Dick")]
    [InlineData("$.store.book[-2:].title", "Moby Dick|Rings")]
    [InlineData("$.store.book[::2].title", "Sayings|Moby Dick")]
    [InlineData("$.store.book[::-1].title", "Rings|Moby Dick|Sword|Sayings")]
    [InlineData("$.store.book[2:0:-1].title", "Moby Dick|Sword")]
    [InlineData("$..book[?(@.isbn)].title", "Moby Dick|Rings")]
    [InlineData("$..book[?(!@.isbn)].title", "Sayings|Sword")]
    [InlineData("$..book[?(@.price < 10)].title", "Sayings|Moby Dick")]
    [InlineData("$..book[?(@.price <= 8.95)].title", "Sayings")]
    [InlineData("$..book[?(@.price < $.limit)].title", "Sayings|Moby Dick")]
    [InlineData("$..book[?(@.category == 'fiction' && @.price > 20)].title", "Rings")]
    [InlineData("$..book[?(@.author=='Rees' || @['author']=='Waugh')].title", "Sayings|Sword")]
    [InlineData("$..book[?(!(@.author=='Rees' || @.author=='Waugh'))].title", "Moby Dick|Rings")]
    [InlineData("$..book[?(@.author != 'Rees')].title", "Sword|Moby Dick|Rings")]
    [InlineData("$..book[?@.author =~ /^t.*n$/i].title", "Rings")]
    [InlineData("$.store.book.length()", "4")]
    [InlineData("$.store.*.color", "red")]
    [InlineData("$.limit.deeper", "")]
    [InlineData("$.none", "null")]
    [Contract("gateway 7")]
    public void A_path_finds_what_it_says(string path, string expected)
    {
        using var document = JsonDocument.Parse(Store);

        var compiled = JsonPath.Parse(path, out var fault);

        Assert.Null(fault);
        Assert.Equal(expected, string.Join('|', compiled!.Find(document.RootElement)!.Select(one => one.ValueKind == JsonValueKind.String ? one.GetString() : one.GetRawText())));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("$.", 3)]
    [InlineData("$.a[", 5)]
    [InlineData("$.a[']", 7)]
    [InlineData("$.a[x]", 5)]
    [InlineData("$.a[1", 6)]
    [InlineData("$.a[::0]", 8)]
    [InlineData("$.a[?(@.x ==)]", 13)]
    [InlineData("$.a[?('x')]", 10)]
    [InlineData("$.a[?(@.x =~ /(/)]", 17)]
    [InlineData("$.a b", 5)]
    [InlineData("$.a[99999999999]", 16)]
    [Contract("gateway 7")]
    public void A_path_that_cannot_be_read_is_refused_with_its_place(string path, int place)
    {
        var compiled = JsonPath.Parse(path, out var fault);

        Assert.Null(compiled);
        Assert.StartsWith($"at character {place}:", fault);
    }

    [Fact]
    public void A_path_that_nests_or_goes_on_too_far_is_refused()
    {
        Assert.Null(JsonPath.Parse("$" + string.Concat(Enumerable.Repeat(".a", 101)), out _));
        Assert.Null(JsonPath.Parse("$[?" + new string('(', 2_000) + "@.a" + new string(')', 2_000) + "]", out _));
        Assert.Null(JsonPath.Parse("$." + new string('a', JsonPath.MaxCharacters), out _));
    }

    [Fact]
    public void A_path_that_would_look_at_too_much_ends_without_an_answer()
    {
        using var document = JsonDocument.Parse(string.Concat(Enumerable.Repeat("[", 60)) + "[" + string.Join(',', Enumerable.Repeat("1", 2_000)) + "]" + string.Concat(Enumerable.Repeat("]", 60)));
        var path = JsonPath.Parse("$..*..*..*..x", out _);

        Assert.Null(path!.Find(document.RootElement));
    }

    [Fact]
    public void Any_text_is_a_path_or_a_fault()
    {
        var random = new Random(11);
        string[] pieces = ["$", "@", ".", "..", "[", "]", "*", "'a'", "\"b\"", "a", "0", "-1", ":", ",", "?", "(", ")", "==", "<", "&&", "||", "!", "=~", "/x/i", " ", "length()", "true", "null", "\\", "'"];
        using var document = JsonDocument.Parse(Store);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));

            var path = JsonPath.Parse(text, out var fault);

            Assert.True(path is null != fault is null, text);
            path?.Find(document.RootElement);
        }
    }
}
