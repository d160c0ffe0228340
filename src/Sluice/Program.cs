using Sluice.Cli;

return await CommandLine.Build().Parse(args).InvokeAsync();
