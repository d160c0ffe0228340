using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Audience.Events.Ids;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Events;

/// <summary>Device ids of 38 digits, and the organisation's ids of devices: contract audience.md 5.1.</summary>
public sealed class DeviceIdTests
{
    private const string Org = "1234567890ABCDEF@AdobeOrg";
    private static readonly UInt128 Largest = UInt128.Parse(new string('9', DeviceIds.Digits), CultureInfo.InvariantCulture);

    [Fact]
    [Contract("audience 5.1")]
    public void A_MID_leads_back_to_its_UUID_and_a_UUID_to_its_MID_for_every_id_and_organisation() => Prop.ForAll(
        Ids(), ArbMap.Default.ArbFor<NonNull<string>>(), (id, org) =>
        {
            var ids = new DeviceIds(org.Get);
            return ids.UuidOf(ids.MidOf(id)) == id && ids.MidOf(ids.UuidOf(id)) == id && ids.MidOf(id) <= Largest && ids.UuidOf(id) <= Largest;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_smallest_and_the_largest_id_and_those_beside_the_seam_of_the_halves_come_back_too()
    {
        var ids = new DeviceIds(Org);
        var half = UInt128.Parse("10000000000000000000", CultureInfo.InvariantCulture);

        Assert.All(new List<UInt128> { 0, 1, half - 1, half, half + 1, Largest - 1, Largest }, id => Assert.Equal(id, ids.UuidOf(ids.MidOf(id))));
    }

    [Fact]
    [Contract("audience 5.1")]
    public void The_same_organisation_and_UUID_always_give_the_same_MID_and_another_organisation_gives_another()
    {
        var uuid = UInt128.Parse("22920112968019678612904394744954398990", CultureInfo.InvariantCulture);

        Assert.Equal("53373181990427025709557589765125136014", DeviceIds.Format(new DeviceIds(Org).MidOf(uuid))); // never changes: MIDs are kept by clients
        Assert.NotEqual(new DeviceIds(Org).MidOf(uuid), new DeviceIds("other@AdobeOrg").MidOf(uuid));
    }

    [Fact]
    public void UUIDs_that_stand_side_by_side_have_MIDs_that_do_not()
    {
        var ids = new DeviceIds(Org);

        var mids = Enumerable.Range(0, 1_000).Select(at => ids.MidOf((UInt128)at)).Order().ToList();

        Assert.Distinct(mids);
        Assert.All(mids.Zip(mids.Skip(1)), pair => Assert.True(pair.Second - pair.First > 1_000_000));
    }

    [Theory]
    [InlineData("00000000000000000000000000000000000000", true)]
    [InlineData("22920112968019678612904394744954398990", true)]
    [InlineData("99999999999999999999999999999999999999", true)]
    [InlineData("2292011296801967861290439474495439899", false)]
    [InlineData("229201129680196786129043947449543989901", false)]
    [InlineData("2292011296801967861290439474495439899x", false)]
    [InlineData("-2920112968019678612904394744954398990", false)]
    [InlineData(" 2920112968019678612904394744954398990", false)]
    [InlineData("٢2920112968019678612904394744954398990", false)]
    [InlineData("", false)]
    public void An_id_is_exactly_38_decimal_digits(string text, bool isId)
    {
        Assert.Equal(isId, DeviceIds.TryParse(text, out var id));
        if (isId)
            Assert.Equal(text, DeviceIds.Format(id));
    }

    [Fact]
    public void New_ids_are_within_38_digits_and_never_the_same()
    {
        var made = Enumerable.Range(0, 2_000).Select(_ => DeviceIds.New()).ToList();

        Assert.Distinct(made);
        Assert.All(made, id => Assert.True(id <= Largest && DeviceIds.Format(id).Length == DeviceIds.Digits));
    }

    private static Arbitrary<UInt128> Ids() => Gen.Zip(ArbMap.Default.GeneratorFor<ulong>(), ArbMap.Default.GeneratorFor<ulong>())
        .Select(pair => new UInt128(pair.Item1, pair.Item2) % (Largest + 1)).ToArbitrary();
}
