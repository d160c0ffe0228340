using System.Text.RegularExpressions;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Templates;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Message templates and every row of their table of functions (contract gateway.md 5.1).</summary>
[Contract("gateway 5.1")]
public sealed class TemplateFunctionTests
{
    private const string Json = """{"results":[{"name":"Mae","line":"15 Rowland"},{"name":"Joe","line":"2 Park"}],"n":7,"nothing":[]}""";

    [Theory]
    [InlineData("{md5Hex(word)}", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("{sha1Hex(word)}", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData("{sha256Hex(word)}", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("{sha384Hex(word)}", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7")]
    [InlineData("{sha512Hex(word)}", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")]
    [InlineData("{md5Base64(word)}", "kAFQmDzST7DWlj99KOF/cg==")]
    [InlineData("{sha1Base64(word)}", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=")]
    [InlineData("{sha256Base64(word)}", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")]
    [InlineData("{sha384Base64(word)}", "ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn")]
    [InlineData("{sha512Base64(word)}", "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==")]
    // RFC 2202 case 2, RFC 4231 case 2.
    [InlineData("{hmacMd5('Jefe',want,'utf-8','hex')}", "750c783e6ab0b503eaa86e310a5db738")]
    [InlineData("{hmacSha1('Jefe',want,'utf-8','hex')}", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData("{hmacSha224('Jefe',want,'utf-8','hex')}", "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44")]
    [InlineData("{hmacSha256('Jefe',want,'utf-8','base16')}", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData("{hmacSha384('4a656665',want,'hex','hex')}", "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649")]
    [InlineData("{hmacSha512('SmVmZQ==',want,'base64','hex')}", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")]
    [InlineData("{hmacSha256('Jefe',want)}", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=")]
    [InlineData("{hmacSha256('zz',want,'hex')}", "")]
    [InlineData("{encodeBase64(word)}", "YWJj")]
    [InlineData("{decodeBase64('YWJj')}", "abc")]
    [InlineData("{decodeBase64('?')}", "")]
    [InlineData("{toUpperCase(word)}", "ABC")]
    [InlineData("{toLowerCase('ABC')}", "abc")]
    [InlineData("{substring(alpha,-8,-4)}", "STUV")]
    [InlineData("{substring(alpha,23)}", "XYZ")]
    [InlineData("{substring(alpha,0,3)}", "ABC")]
    [InlineData("{substring(alpha,5,2)}", "")]
    [InlineData("{substring(alpha,20,99)}", "UVWXYZ")]
    [InlineData("{replaceAll(alpha,'[B-Y]+','-')}", "A-Z")]
    [InlineData("{replaceFirst('aXbXc','X','-')}", "a-bXc")]
    [InlineData("{replaceAll('a1b2','([a-z])([0-9])','$2$1')}", "1a2b")]
    [InlineData("{replaceAll(word,'(','-')}", "abc")]
    [InlineData("{escapeJSON(quoted)}", "say \\\"hi\\\" \\/ bye")]
    [InlineData("{escapeXML(marked)}", "&lt;a b=&quot;c&quot;&gt;&amp;&apos;&lt;/a&gt;")]
    [InlineData("{escapeXML11(marked)}", "&lt;a b=&quot;c&quot;&gt;&amp;&apos;&lt;/a&gt;")]
    [InlineData("{encodeHTML('<p>')}", "&lt;p&gt;")]
    [InlineData("{timeFormatUTC('yyyy-MM-dd HH.mm.ss',seconds)}", "2017-05-08 23.31.53")]
    [InlineData("{timeFormatUTCMs('EEE, dd MMM yyyy',ms)}", "Mon, 08 May 2017")]
    [InlineData("{timeFormatUTC('yyyy','x')}", "")]
    [InlineData("{firstnonnull(none,word,alpha)}", "abc")]
    [InlineData("{firstnonnull(none,nothing)}", "null")]
    [InlineData("{jsonPath('$.results[1].line',json)}", "2 Park")]
    [InlineData("{jsonPath($.results[?(@.name == 'Mae')].line,json)}", "15 Rowland")]
    [InlineData("{jsonPath($.results[*].name,json,true)}", "[\"Mae\",\"Joe\"]")]
    [InlineData("{jsonPath($.results[*].name,json)}", "Mae")]
    [InlineData("{jsonPath('$.n',json)}", "7")]
    [InlineData("{jsonPath('$.missing',json)}", "")]
    [InlineData("{jsonPath('$.n',word)}", "")]
    [InlineData("{jsonPath(path,json)}", "7")]
    [InlineData("{xpath('/a/b',xml)}", "<b>1</b><b>2</b>")]
    [InlineData("{xpath('/a/b',xml,'string')}", "1")]
    [InlineData("{xpath('count(/a/b)',xml,'number')}", "2")]
    [InlineData("{xpath('count(/a/b)>1',xml,'boolean')}", "true")]
    [InlineData("{xpath('/p:a/p:b',spaced,'string','p:urn:x')}", "3")]
    [InlineData("{xpath('/a/none',xml)}", "")]
    [InlineData("{xpath('/a[',xml)}", "")]
    [InlineData("{xpath('/a',word)}", "")]
    public void A_function_gives_what_its_row_says(string template, string expected) => Assert.Equal(expected, Fill(template));

    [Theory]
    [InlineData("{createUuid()}", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    [InlineData("{randomLong(5,7)}", "^[567]$")]
    [InlineData("{randomLong()}", "^[0-9]+$")]
    [InlineData("{randomLong(9223372036854775807)}", "^9223372036854775807$")]
    [InlineData("{xeger('[a-f]{3}-[0-9]{2,4}')}", "^[a-f]{3}-[0-9]{2,4}$")]
    [InlineData("{xeger('(red|green|blue)x+y*z?')}", "^(red|green|blue)x+y*z?$")]
    [InlineData("{xeger(expression)}", "^\\d{3}\\w[^a-z][.]$")]
    [InlineData("{xeger('[z-a]')}", "^$")]
    [InlineData("{xeger('(a')}", "^$")]
    public void A_random_function_gives_something_of_its_kind(string template, string pattern)
    {
        for (var round = 0; round < 200; round++)
            Assert.Matches(new Regex(pattern, RegexOptions.NonBacktracking), Fill(template));
    }

    [Theory]
    [InlineData("{\"a\": 1, \"b\": {word}}", "{\"a\": 1, \"b\": abc}")]
    [InlineData("{none:other}", "other")]
    [InlineData("{none}!", "!")]
    [InlineData("{ word }", "{ word }")]
    public void Braces_that_hold_no_reference_stay(string template, string expected) => Assert.Equal(expected, Fill(template));

    [Theory]
    [InlineData("{none}", "none")]
    [InlineData("{toUpperCase(none)}", "none")]
    [InlineData("{randomLong(10)}", "10")]
    [InlineData("{randomLong('10')}", null)]
    [InlineData("{jsonPath(path,json,true)}", null)]
    public void A_variable_without_a_value_is_named(string template, string? expected)
    {
        Template.Parse(template, default, new BundleFaults()).Fill(Flow(), out var unresolved);

        Assert.Equal(expected, unresolved);
    }

    [Fact]
    public void A_function_that_does_not_exist_is_a_fault_of_the_bundle()
    {
        var faults = new BundleFaults();

        Template.Parse("{md5Hax(word)}", default, faults);

        Assert.Equal("entities.UnknownStringFunction", Assert.Single(faults.Faults).Name);
    }

    [Fact]
    public void Repeats_of_repeats_of_nothing_come_to_an_end() => Assert.Equal("", Fill("{xeger('(((){9999}){9999}){9999}')}"));

    private static string Fill(string template)
    {
        var faults = new BundleFaults();
        var parsed = Template.Parse(template, default, faults);
        Assert.Empty(faults.Faults);
        return parsed.Fill(Flow());
    }

    private static Sluice.Gateway.Flow.FlowContext Flow() => ConditionTests.Flow(
        ("word", "abc"), ("alpha", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), ("want", "what do ya want for nothing?"), ("quoted", "say \"hi\" / bye"), ("marked", "<a b=\"c\">&'</a>"),
        ("seconds", "1494286313"), ("ms", 1_494_286_313_000L), ("json", Json), ("path", "$.n"), ("xml", "<a><b>1</b><b>2</b></a>"), ("spaced", "<a xmlns='urn:x'><b>3</b></a>"),
        ("expression", "\\d{3}\\w[^a-z][.]"));
}
