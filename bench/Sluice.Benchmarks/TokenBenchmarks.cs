using BenchmarkDotNet.Attributes;
using Sluice.Access;
using Sluice.Storage;

namespace Sluice.Benchmarks;

/// <summary>What checking a bearer token costs: the first time (signature, or SQL for a uuid) and every time after that, from memory.</summary>
[MemoryDiagnoser]
public class TokenBenchmarks
{
    private string _folder = "";
    private Installation _installation = null!;
    private AccessRuntime _access = null!;
    private ReadOnlyMemory<char> _token;

    [Params("jwt", "uuid")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public async Task Open()
    {
        _folder = Directory.CreateTempSubdirectory("sluice-bench-").FullName;
        _installation = Installation.Open(new StorageOptions { Data = _folder });
        _access = await AccessRuntime.OpenAsync(_installation, new AccessOptions(), null, TimeProvider.System, CancellationToken.None);
        var clients = _access.Snapshots.Current.Clients.Values;
        var user = _access.Snapshots.Current.Users.Values.First(one => one.HasPassword);
        var http = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        http.Request.Scheme = "http";
        http.Request.Host = new("127.0.0.1");
        var granted = Kind == "jwt"
            ? _access.Issuer.GrantJwt(http.Request, clients.First(one => one.Kind == ClientKind.Api), "openid")
            : await _access.Issuer.GrantOpaqueAsync(clients.First(one => one.Kind == ClientKind.Legacy), user, "read write", false, CancellationToken.None);
        _token = granted.AccessToken.AsMemory();
        if (await CheckAsync() != TokenVerdict.Valid)
            throw new InvalidOperationException("The token is not good.");
    }

    [GlobalCleanup]
    public async Task Close()
    {
        await _access.DisposeAsync();
        await _installation.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public async Task<int> First()
    {
        _access.Cache.Clear();
        return (int)await CheckAsync();
    }

    [Benchmark]
    public async ValueTask<int> Again() => (int)await CheckAsync();

    private async ValueTask<TokenVerdict> CheckAsync() => (await _access.Tokens.FindAsync(_token, CancellationToken.None)).Verdict;
}
