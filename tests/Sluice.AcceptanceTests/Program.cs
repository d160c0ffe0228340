using Sluice.AcceptanceTests;
using Sluice.AcceptanceTests.Durability;
using Xunit.MicrosoftTestingPlatform;

// Started by a test it is a program of a user's, to be killed; else it runs the tests.
return args is [SpoolingProgram.Verb, .. var rest]
    ? await SpoolingProgram.RunAsync(rest)
    : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
