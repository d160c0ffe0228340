using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace Sluice.Tests.Doubles;

/// <summary>What a visitor sees: a page, or where it sends to.</summary>
public sealed record VisitedPage(HttpStatusCode Status, string Path, string Text, string Location, HttpResponseMessage Response)
{
    /// <summary>The answer that a client gets in the query, or in the fragment, of its address.</summary>
    public Dictionary<string, string> Answer =>
        QueryHelpers.ParseQuery(Location[(Location.IndexOfAny(['?', '#']) + 1)..]).ToDictionary(one => one.Key, one => one.Value.ToString());

    /// <summary>What the page says is wrong.</summary>
    public string Fault => WebUtility.HtmlDecode(Regex.Match(Text, "role=\"alert\">([^<]*)<", RegexOptions.NonBacktracking).Groups[1].Value);

    /// <summary>The heading, without its marks.</summary>
    public string Heading =>
        Regex.Replace(WebUtility.HtmlDecode(Regex.Match(Text, "<h1>(.*?)</h1>", RegexOptions.Singleline).Groups[1].Value), "<[^>]*>", "").Trim();
}

/// <summary>A browser without a window: keeps cookies, submits forms as they stand in the page, and goes on by itself inside the house only.</summary>
public sealed partial class PageVisitor : IDisposable
{
    private readonly HttpClient _http;

    public PageVisitor(string address)
    {
        Cookies = new CookieContainer();
        var handler = new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false };
        _http = new HttpClient(handler) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(60) };
    }

    public CookieContainer Cookies { get; }

    /// <summary>The session's id, or null.</summary>
    public string? Session
    {
        get => Cookies.GetCookies(_http.BaseAddress!)["sluice-session"] is { Value.Length: > 0 } cookie ? cookie.Value : null;
        set => Cookies.Add(_http.BaseAddress!, new Cookie("sluice-session", value, "/"));
    }

    public Task<VisitedPage> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Submits the first form of the page that has every one of the fields.</summary>
    public Task<VisitedPage> SubmitAsync(VisitedPage page, params (string Name, string Value)[] fields) => SendAsync(Form(page, fields));

    /// <summary>What would be sent when the form is submitted.</summary>
    public HttpRequestMessage Form(VisitedPage page, params (string Name, string Value)[] fields)
    {
        var form = Forms().Matches(page.Text).First(one => fields.All(field => one.Value.Contains($"name=\"{field.Name}\"", StringComparison.Ordinal)));
        var hidden = Hidden().Match(form.Value);
        Assert.True(hidden.Success, page.Text);
        return Post(WebUtility.HtmlDecode(form.Groups[1].Value), [(hidden.Groups[1].Value, hidden.Groups[2].Value), .. fields]);
    }

    /// <summary>The token of the page's first form.</summary>
    public static string TokenOf(VisitedPage page) => Hidden().Match(page.Text).Groups[2].Value;

    /// <summary>Posts fields of the visitor's own.</summary>
    public Task<VisitedPage> PostAsync(string path, params (string Name, string Value)[] fields) => SendAsync(Post(path, fields));

    /// <summary>Opens the address, and gives name and password when asked; returns the page after that.</summary>
    public async Task<VisitedPage> SignInAsync(string path, string username, string password)
    {
        var page = await GetAsync(path);
        Assert.Equal("Sign in", page.Heading);
        return await SubmitAsync(page, ("username", username), ("password", password));
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Post(string path, (string Name, string Value)[] fields) => new(HttpMethod.Post, path)
    {
        Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
    };

    private async Task<VisitedPage> SendAsync(HttpRequestMessage request)
    {
        for (var steps = 0; ; steps++)
        {
            var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var fault = ApiDescription.FaultOf(request.Method.Method, request.RequestUri!.AbsolutePath, response, text);
            Assert.True(fault is null, fault);
            var location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : "";
            if (!location.StartsWith('/') || steps == 5)
                return new VisitedPage(response.StatusCode, request.RequestUri!.PathAndQuery, text, location, response);
            request = new HttpRequestMessage(HttpMethod.Get, location);
        }
    }

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]*)\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input name=\"([^\"]*)\" type=\"hidden\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
