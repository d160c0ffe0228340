namespace Sluice.Tests;
public sealed class Empty { [Fact] public void A_test_runs() => Assert.True(true); }
