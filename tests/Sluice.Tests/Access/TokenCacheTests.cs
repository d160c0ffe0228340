using Sluice.Access;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>Tokens in memory: bounded, forgotten when they are revoked, and free to look at again.</summary>
public sealed class TokenCacheTests
{
    [Fact]
    public async Task Looking_at_a_known_token_again_allocates_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-cache-").FullName;
        await using (var house = await AccessHouse.StartAsync(folder, null, TimeProvider.System))
        {
            var snapshot = house.Access.Snapshots.Current;
            var http = new Microsoft.AspNetCore.Http.DefaultHttpContext();
            http.Request.Host = new("localhost");
            var client = snapshot.Clients.Values.First(one => one.Kind == ClientKind.Api);
            http.Request.Headers.Authorization = "Bearer " + house.Access.Issuer.GrantJwt(http.Request, client, "").AccessToken;
            var production = Sluice.Storage.EnvironmentName.Production;
            Assert.Equal(SenderToken.Valid, await house.Access.FindSenderAsync(http, production));
            for (var warm = 0; warm < 1_000; warm++)
                await house.Access.FindSenderAsync(http, production);

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var look = 0; look < 1_000; look++)
            {
                var looked = house.Access.FindSenderAsync(http, production);
                if (!looked.IsCompletedSuccessfully)
                    Assert.Fail("It was not in memory");
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.Equal(0, allocated);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void It_stays_within_its_bound_and_keeps_what_is_used()
    {
        var cache = new TokenCache(100);
        var used = TokenKey.Of("in use");
        cache.Add(used, ATokenOf("family"), cache.Removals);

        for (var number = 0; number < 10_000; number++)
        {
            cache.Add(TokenKey.Of($"token {number}"), ATokenOf("other"), cache.Removals);
            Assert.True(cache.TryGet(used, out _));
            Assert.InRange(cache.Count, 1, 100);
        }

        Assert.False(cache.TryGet(TokenKey.Of("token 1"), out _));
    }

    [Fact]
    public void What_is_removed_does_not_come_back_by_a_look_up_that_began_before()
    {
        var cache = new TokenCache(100);
        var key = TokenKey.Of("token");
        var removals = cache.Removals; // a look-up begins: it reads SQL now

        cache.Remove(key); // meanwhile it is revoked
        cache.Add(key, ATokenOf("family"), removals);

        Assert.False(cache.TryGet(key, out _));
    }

    [Fact]
    public void A_family_goes_as_one_from_both_generations()
    {
        var cache = new TokenCache(100);
        for (var number = 0; number < 80; number++)
            cache.Add(TokenKey.Of($"{number}"), ATokenOf(number % 2 == 0 ? "even" : "odd"), cache.Removals);

        cache.RemoveFamily("even");

        for (var number = 0; number < 80; number++)
            Assert.Equal(number % 2 == 1, cache.TryGet(TokenKey.Of($"{number}"), out _));
    }

    [Fact]
    public void A_hash_is_read_back_as_it_was_written()
    {
        var key = TokenKey.Of("a token");

        Assert.Equal(SecretHash.Of("a token"), key.ToString());
        Assert.True(TokenKey.TryParse(key.ToString(), out var read));
        Assert.Equal(key, read);
        Assert.False(TokenKey.TryParse("zz", out _));
        Assert.Equal(SecretHash.Of(new string('x', 4_000)), TokenKey.Of(new string('x', 4_000)).ToString());
    }

    private static KnownToken ATokenOf(string family) => new() { ClientId = "c", UserId = 0, Scope = "", IssuedMs = 0, ExpiresMs = long.MaxValue, FamilyId = family };
}
