using System.CommandLine;
using Sluice.Load;

var root = new RootCommand("Load for Sluice: an open-loop generator, and comparisons that start what they compare.")
{
    RunCommand.Build(),
    DrainCommand.Build(),
    IngestRatioCommand.Build(),
    IngestVariantsCommand.Build(),
    SendRatioCommand.Build(),
    StalledConsumerCommand.Build(),
    CatalogueCommand.Build(),
    EventsCommand.Build(),
    GatewayCommand.Build(),
    GatewayScaleCommand.Build(),
};
return await root.Parse(args).InvokeAsync();
