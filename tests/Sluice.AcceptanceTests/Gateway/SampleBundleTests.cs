namespace Sluice.AcceptanceTests.Gateway;

/// <summary>Every sample bundle does what its <c>requests.http</c> promises: imported, deployed and called at the public door of the real process.</summary>
public sealed class SampleBundleTests(SampleHouse house) : IClassFixture<SampleHouse>
{
    public static TheoryData<string> Samples => [.. SampleBundle.Names];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_bundle_is_answered_as_its_requests_promise(string name)
    {
        var sample = SampleBundle.Of(name);
        var variables = await house.DeployAsync(sample);
        Assert.True(sample.HasReadme, $"{name} has no README.md");
        if (sample.IsSharedFlow)
        {
            Assert.Contains(SampleBundle.Names, other => SampleBundle.Of(other).DeployFirst.Contains(name)); // its caller's requests show it
            return;
        }

        var (faults, earlier) = (new List<string>(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var request in RequestFile.Read(sample.RequestsName, sample.Requests, variables))
        {
            foreach (var fault in await house.CallAsync(request, earlier))
                faults.Add($"{sample.RequestsName}:{fault}\n  in: {request.Title} ({request.Method} {request.Path})");
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
