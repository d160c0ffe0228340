using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>A signing key as the administration API shows it; its private half is never shown. Times are ms since 1970.</summary>
internal sealed record SigningKeyView(string KeyId, string State, long CreatedAt, long ActiveAt, long? RetiredAt);

/// <summary>A signing key to make; <c>activeIn</c> counts seconds until it signs.</summary>
internal sealed record SigningKeyWish
{
    public long? ActiveIn { get; init; }
}

/// <summary>
/// <c>/api/sluice/v1/signing-keys</c>: a new key signs from a moment on while the old ones still check what they signed; a key that leaked is
/// retired, and its tokens with it.
/// </summary>
internal static class SigningKeyOperations
{
    private const int MaxKeys = 20;
    private const long MaxActiveInSeconds = 30 * 86_400;

    internal static IResult List(HttpContext http, AccessRuntime access) => AdministrationRequests.List(
        http, access.Snapshots.Current.Keys.Select(key => ViewOf(key, access)), key => [key.KeyId], SigningKeyJson.Default.PageSigningKeyView);

    internal static async Task<IResult> CreateAsync(HttpContext http, AccessRuntime access)
    {
        var (wish, fault) = http.Request.ContentLength is 0 or null && !http.Request.HasJsonContentType()
            ? (new SigningKeyWish(), null)
            : await AccessAnswers.ReadAsync(http, SigningKeyJson.Default.SigningKeyWish);
        if (fault is not null)
            return AccessAnswers.Problem(400, fault);
        if (wish!.ActiveIn is < 0 or > MaxActiveInSeconds)
            return AccessAnswers.Problem(400, $"activeIn must be a number of seconds from 0 to {MaxActiveInSeconds}");
        if (access.Snapshots.Current.Keys.Count >= MaxKeys)
            return AccessAnswers.Problem(409, $"There are {MaxKeys} keys already; those that signed nothing still good go by themselves");

        var activeMs = access.Clock.GetUtcNow().ToUnixTimeMilliseconds() + (wish.ActiveIn ?? 0) * 1_000;
        var keyId = await AddAsync(access, AdministrationRequests.ActorOf(http), null, activeMs, http.RequestAborted);
        return Results.Json(ViewOf(access.Snapshots.Current.Keys.First(key => key.KeyId == keyId), access), SigningKeyJson.Default.SigningKeyView, statusCode: 201);
    }

    internal static async Task<IResult> RetireAsync(HttpContext http, string keyId, AccessRuntime access)
    {
        var keys = access.Snapshots.Current.Keys;
        if (keys.All(key => key.KeyId != keyId || key.RetiredMs is not null))
            return AccessAnswers.Problem(404, $"There is no live signing key [{keyId}]");
        var now = access.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!keys.Any(key => key.KeyId != keyId && key.RetiredMs is null && key.ActiveMs <= now))
            return AccessAnswers.Problem(409, "This is the only key that signs; make another one first");
        var retired = await access.Changes.RunAsync<string>(
            AdministrationRequests.ActorOf(http), AuditKinds.SigningKeyRetire,
            async (session, at) => await SigningKeys.RetireAsync(session, keyId, at) == 1 ? keyId : null, one => (one, ""), http.RequestAborted);
        return retired is null ? AccessAnswers.Problem(404, $"There is no live signing key [{keyId}]") : Results.NoContent();
    }

    /// <summary>Adds a key; none when <paramref name="unlessNewerThan"/> is given and another node was faster.</summary>
    internal static Task<string?> AddAsync(AccessRuntime access, Actor actor, long? unlessNewerThan, long activeMs, CancellationToken cancellation) =>
        access.Changes.RunAsync<string>(
            actor, AuditKinds.SigningKeyAdd,
            async (session, now) =>
            {
                await session.NextIdAsync("signing_key"); // nodes that rotate at the same moment wait for each other here
                var newest = await session.FindAsync<long>("select coalesce(max(created_ms), 0) from signing_key");
                return unlessNewerThan is { } known && newest > known ? null : await SigningKeys.AddAsync(session, now, activeMs);
            },
            keyId => (keyId, ""), cancellation);

    /// <summary>Deletes keys that were replaced so long ago that no token they signed can still be good.</summary>
    internal static async Task ForgetOldAsync(AccessRuntime access, DateTimeOffset now, CancellationToken cancellation)
    {
        var longPast = (now - access.Options.TokenLifetime - TimeSpan.FromHours(1)).ToUnixTimeMilliseconds();
        var keys = access.Snapshots.Current.Keys;
        var replaced = keys.Where(key => keys.Any(next => next.RetiredMs is null && next.ActiveMs > key.ActiveMs && next.ActiveMs < longPast)
            || key.RetiredMs < longPast).ToList();
        if (replaced.Count == 0)
            return;
        await access.Changes.RunAsync<string>(
            new Actor("sluice", 0, "", ""), AuditKinds.SigningKeyRetire,
            async (session, _) =>
            {
                foreach (var key in replaced)
                    await SigningKeys.ForgetAsync(session, key.KeyId);
                return string.Join(' ', replaced.Select(key => key.KeyId));
            },
            ids => (ids, "deleted: nothing they signed is still good"), cancellation);
    }

    private static SigningKeyView ViewOf(SigningKey key, AccessRuntime access)
    {
        var now = access.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var state = key.RetiredMs is not null ? "retired" : key.ActiveMs > now ? "published"
            : key == access.Snapshots.Current.SigningKeyAt(now) ? "signing" : "checking";
        return new SigningKeyView(key.KeyId, state, key.CreatedMs, key.ActiveMs, key.RetiredMs);
    }
}

/// <summary>How signing keys look to the administration API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Page<SigningKeyView>))]
[JsonSerializable(typeof(SigningKeyWish))]
internal sealed partial class SigningKeyJson : JsonSerializerContext;
