using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Tokens on the receiving paths: contract collection.md 1.6.</summary>
public sealed class AuthenticatedInletTests
{
    [Fact]
    [Contract("1.6", "Ruling 7")]
    [Statement("A3", "A52", "A53")]
    public async Task An_inlet_that_asks_for_a_token_refuses_without_one_and_with_a_bad_one()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house, new JsonObject { ["authenticationRequired"] = true });
        using var nobody = new ApiClient(house.Address, null);

        var missing = await nobody.PostAsync(producer.Path, producer.Message());
        var bad = await nobody.PostAsync(producer.Path, producer.Message(), ("Authorization", "Bearer nonsense"));
        var bare = await nobody.PostAsync(producer.Path, producer.Message(), ("Authorization", await house.TokenAsync()));
        var good = await producer.SendAsync(producer.Message());
        var landed = await producer.LandedAsync(2, query: "envelope=true&");

        Assert.Equal(HttpStatusCode.Unauthorized, missing.Status);
        Assert.Equal("https://ns.adobe.com/adobecloud/problem/data-collection-service-authorization", missing.Json["type"]!.GetValue<string>());
        Assert.Equal("401", missing.Json["status"]!.GetValue<string>());
        Assert.Equal($"[{producer.InletId}] Ims service token is empty", missing.Json["report"]!["message"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Forbidden, bad.Status);
        Assert.Equal(HttpStatusCode.OK, bare.Status);
        Assert.Equal(HttpStatusCode.MultiStatus, good.Status);
        Assert.Equal(2, landed.Count);
        Assert.All(landed, message => Assert.True(message["_dcsMeta"]!["authenticatedRequest"]!.GetValue<bool>()));
    }

    [Fact]
    [Contract("1.6")]
    [Statement("A54")]
    public async Task An_inlet_that_does_not_ask_takes_messages_whatever_the_token_and_says_whether_it_was_good()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        using var nobody = new ApiClient(house.Address, null);

        var without = await nobody.PostAsync(producer.Path, producer.Message(Producer.Entity("without")));
        var bad = await nobody.PostAsync(producer.Path, producer.Message(Producer.Entity("bad")), ("Authorization", "Bearer nonsense"));
        var good = await producer.Api.PostAsync(producer.Path, producer.Message(Producer.Entity("good")));
        var landed = await producer.LandedAsync(3, query: "envelope=true&");

        Assert.All([without, bad, good], answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(
            ["without False", "bad False", "good True"],
            landed.Select(message => $"{message["body"]!["xdmEntity"]!["_id"]} {message["_dcsMeta"]!["authenticatedRequest"]!.GetValue<bool>()}"));
    }
}
