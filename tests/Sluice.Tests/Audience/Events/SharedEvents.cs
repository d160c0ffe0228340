using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Events;

/// <summary>A house for the tests of a class, with a trait of <c>product==12</c>, a segment of it, and a URL destination that both tests and pages know.</summary>
public sealed class SharedEvents : IAsyncLifetime
{
    private EventHouse? _house;

    internal EventHouse House => _house!;

    internal long Source { get; private set; }

    internal long Trait { get; private set; }

    internal long Segment { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _house = await EventHouse.StartAsync();
        (Source, Trait, Segment) = await StockAsync(House);
    }

    public ValueTask DisposeAsync() => _house?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal static async Task<(long Source, long Trait, long Segment)> StockAsync(EventHouse house)
    {
        var source = await house.AddSourceAsync(""","integrationCode":"crm" """);
        var trait = await house.AddTraitAsync(source, "product==12");
        return (source, trait, await house.AddSegmentAsync(source, trait));
    }
}
