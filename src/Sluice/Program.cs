using Sluice.Cli;

// Expressions of scripts run on the platform's own engine, which goes back without a bound unless it is told otherwise before the first of them is made.
AppDomain.CurrentDomain.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", TimeSpan.FromSeconds(1));

return await CommandLine.RunAsync(args);
