namespace Sluice.Demo;

/// <summary>A step of the demo did not go as promised.</summary>
internal sealed class DemoFailure(string message) : Exception(message);
