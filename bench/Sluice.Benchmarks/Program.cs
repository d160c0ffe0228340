using BenchmarkDotNet.Running;
using Sluice.Benchmarks;

if (args is ["validate-ratio", ..])
    return ValidateRatio.Run();

BenchmarkSwitcher.FromAssembly(typeof(ValidateBenchmarks).Assembly).Run(args);
return 0;
