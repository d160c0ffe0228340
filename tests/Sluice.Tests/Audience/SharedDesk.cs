namespace Sluice.Tests.Audience;

/// <summary>One house for the tests of a class that leave nothing behind which the others of the class would notice.</summary>
public sealed class SharedDesk : IAsyncLifetime
{
    private CatalogueDesk? _desk;

    internal CatalogueDesk Desk => _desk!;

    public async ValueTask InitializeAsync() => _desk = await CatalogueDesk.StartAsync();

    public ValueTask DisposeAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;
}
