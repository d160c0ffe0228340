using BenchmarkDotNet.Running;
using Sluice.Benchmarks;

if (args is ["validate-ratio", ..])
    return ValidateRatio.Run();
if (args is ["trait-ratio", ..])
    return TraitRatio.Run();
if (args is ["set-ratio", ..])
    return SetRatio.Run();
if (args is ["engine-curves", .. var sizes])
    return await EngineCurves.RunAsync(sizes);

BenchmarkSwitcher.FromAssembly(typeof(ValidateBenchmarks).Assembly).Run(args);
return 0;
