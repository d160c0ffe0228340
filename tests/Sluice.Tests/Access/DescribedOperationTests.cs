using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Access;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>What the OpenAPI document of the door says of requests: its examples can be sent, its bounds are kept, and every operation answers as described.</summary>
public sealed partial class DescribedOperationTests
{
    private static readonly ApiDescription Description = ApiDescription.Of(AccessModule.Description);

    private static readonly (string OperationId, int Status)[] SentExamples =
    [
        ("createClient", 201), ("changeClient", 200), ("addClientSecret", 201), ("addClientKey", 201), ("createUser", 201), ("changeUser", 200),
        ("givePassword", 200), ("createSigningKey", 201), ("putAccount", 200),
    ];

    private static readonly (string Schema, Type Wish)[] Wishes =
    [
        ("ClientChange", typeof(ClientWish)), ("SecretSent", typeof(SecretWish)), ("KeySent", typeof(KeyWish)), ("UserMembers", typeof(AccountWish)),
        ("PasswordSent", typeof(PasswordWish)), ("SigningKeySent", typeof(SigningKeyWish)), ("Account", typeof(AccountSettingsView)),
    ];

    [Fact]
    public void An_answer_that_is_not_described_is_noticed()
    {
        const string Refusal = """{"code":"invalid_token","message":"Oauth token is not valid","childMessages":[]}""";

        Assert.Null(FaultOf(HttpStatusCode.Unauthorized, Refusal, "Bearer"));
        Assert.Contains("without the header WWW-Authenticate", FaultOf(HttpStatusCode.Unauthorized, Refusal, null), StringComparison.Ordinal);
        Assert.Contains("with another body", FaultOf(HttpStatusCode.Unauthorized, """{"message":"no"}""", "Bearer"), StringComparison.Ordinal);
        Assert.Contains("answered 409", FaultOf(HttpStatusCode.Conflict, Refusal, null), StringComparison.Ordinal);
        Assert.Equal("getSelfUnderPortal", ApiDescription.Find("GET", "/portal/api/v1/users/self")?.Id);
        Assert.Equal("givePassword", ApiDescription.Find("POST", "/api/sluice/v1/users/1/password")?.Id);

        static string? FaultOf(HttpStatusCode status, string text, string? challenge)
        {
            using var answer = new HttpResponseMessage(status) { Content = new StringContent(text, new MediaTypeHeaderValue("application/json")) };
            if (challenge is not null)
                answer.Headers.WwwAuthenticate.ParseAdd(challenge);
            return ApiDescription.FaultOf("GET", "/v1/users/self", answer, text);
        }
    }

    [Fact]
    public void The_members_and_words_that_are_described_are_those_there_are()
    {
        var schemas = Description.Root.GetProperty("components").GetProperty("schemas");

        Assert.All(Wishes, one => Assert.Equal(
            one.Wish.GetProperties().Select(member => JsonNamingPolicy.CamelCase.ConvertName(member.Name)).Order(StringComparer.Ordinal),
            schemas.GetProperty(one.Schema).GetProperty("properties").EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)));
        Assert.Equal(
            typeof(AuditKinds).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Select(kind => (string)kind.GetRawConstantValue()!).Order(StringComparer.Ordinal),
            schemas.GetProperty("AuditKind").GetProperty("enum").EnumerateArray().Select(kind => kind.GetString()!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Examples_of_the_document_can_be_sent_as_they_stand(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await AccessDesk.OpenAsync(house);
        var (clientId, userId) = ((await desk.AddClientAsync("""{"name":"there"}""")).ClientId, await desk.AddUserAsync("there"));

        foreach (var (operationId, status) in SentExamples)
        {
            var operation = Description.Operations.Single(one => one.Id == operationId);

            var answer = await SendAsync(desk.Admin, operation, clientId, $"{userId}");

            Assert.True((int)answer.Status == status, $"{operationId}: {(int)answer.Status} {answer.Text}");
        }
    }

    [Fact]
    public async Task A_form_is_taken_in_every_media_type_that_is_described()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        await desk.AddUserAsync("ada");
        var forms = Description.Operations.Where(one => one.Content.GetProperty("tags")[0].GetString() == "tokens" && one.Id != "exchangeJwt").ToList();

        Assert.Equal(9, forms.Count);
        foreach (var (operation, media) in forms.SelectMany(one => one.Bodies.Select(media => (one, media))))
        {
            var client = operation.Id == "grantLegacyToken" ? desk.Legacy : desk.Api;
            var fields = media.Value.GetProperty("example").EnumerateObject().ToDictionary(one => one.Name, one => one.Name switch
            {
                "client_id" => client.ClientId,
                "client_secret" => client.Secret,
                "password" => AccessDesk.Password,
                _ => one.Value.GetString()!,
            });
            using var request = new HttpRequestMessage(HttpMethod.Post, operation.Path) { Content = FormOf(media.Name, fields) };
            request.Headers.Authorization = AccessDesk.BasicOf(client.ClientId, client.Secret);

            var answer = await desk.SendAsync(request);

            Assert.True(answer.Status == HttpStatusCode.OK, $"{operation.Id} {media.Name}: {answer.Text}");
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Every_operation_answers_as_described_whoever_asks(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind, "Access:RefusalsPerMinute=1000");
        using var desk = await AccessDesk.OpenAsync(house);
        using var nobody = new ApiClient(house.Address, null);
        using var stranger = new ApiClient(house.Address, "no-token-of-ours");
        using var plain = new ApiClient(house.Address, (await desk.GrantAsync(await desk.AddClientAsync("""{"name":"plain"}"""))).AccessToken());

        foreach (var operation in Description.Operations)
        {
            var byAdmin = await SendAsync(desk.Admin, operation, "none", "none");
            if (operation.Content.GetProperty("tags")[0].GetString() == "sign-in")
                continue; // pages, which go by cookies
            Assert.True(!operation.Path.Contains('{', StringComparison.Ordinal) || byAdmin.Status is HttpStatusCode.NotFound, $"{operation.Id}: {byAdmin.Text}");
            if (operation.Content.TryGetProperty("security", out _))
                continue;
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(nobody, operation, "none", "none")).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(stranger, operation, "none", "none")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(desk.Admin, operation, "none", "none", ("x-sandbox-name", "nowhere"))).Status);
            var byPlain = await SendAsync(plain, operation, "none", "none");
            var isForAll = operation.Content.GetProperty("tags")[0].GetString() is "self" or "overview";
            Assert.Equal(isForAll ? HttpStatusCode.OK : HttpStatusCode.Forbidden, byPlain.Status);
        }
    }

    [Fact]
    public async Task The_bounds_of_numbers_in_queries_are_those_described()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var bounds =
            from operation in Description.Operations
            where operation.Method == "GET"
            from parameter in operation.Parameters
            where parameter.GetProperty("in").GetString() == "query"
            from bound in (string[])["minimum", "maximum"]
            where parameter.GetProperty("schema").TryGetProperty(bound, out _)
            let value = parameter.GetProperty("schema").GetProperty(bound).GetInt64()
            select (operation.Path, Name: parameter.GetProperty("name").GetString(), Within: value, Beyond: bound == "minimum" ? value - 1 : value + 1);

        Assert.Equal(19, bounds.Count());
        foreach (var (path, name, within, beyond) in bounds)
        {
            Assert.Equal(HttpStatusCode.OK, (await desk.Admin.GetAsync($"{path}?{name}={within}")).Status);
            Assert.Contains(name!, (await desk.Admin.GetAsync($"{path}?{name}={beyond}")).Member("detail"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public async Task A_user_whose_id_is_no_number_is_not_found_and_the_answer_says_which(string userId)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);

        var answer = await desk.Admin.GetAsync("/api/sluice/v1/users/" + userId);
        var byNobody = await desk.GetAsync("/api/sluice/v1/users/" + userId, null);

        Assert.Equal((HttpStatusCode.NotFound, $"There is no user {userId}"), (answer.Status, answer.Member("detail")));
        Assert.Equal(HttpStatusCode.Unauthorized, byNobody.Status);
    }

    private static Task<ApiAnswer> SendAsync(ApiClient client, ApiOperation operation, string clientId, string userId, params (string Name, string Value)[] headers)
    {
        var path = PathParameter().Replace(operation.Path, match => match.Value switch { "{clientId}" => clientId, "{userId}" => userId, _ => "none" });
        var body = operation.Bodies.Where(one => one.Name == "application/json").Select(one => one.Value.GetProperty("example").GetRawText()).SingleOrDefault();
        return client.SendAsync(new HttpMethod(operation.Method), path, body, headers);
    }

    private static HttpContent FormOf(string mediaType, Dictionary<string, string> fields)
    {
        if (mediaType != "multipart/form-data")
            return new FormUrlEncodedContent(fields);
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        return form;
    }

    [GeneratedRegex("\\{[^}]+\\}", RegexOptions.NonBacktracking)]
    private static partial Regex PathParameter();
}
