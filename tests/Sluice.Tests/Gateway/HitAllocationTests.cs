using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Gateway;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>A cache hit makes no garbage in the gateway: what is allocated for a request is the server's own.</summary>
public sealed class HitAllocationTests
{
    private const int Requests = 1_000;
    private const int Rounds = 5;

    [Fact]
    public async Task A_hit_allocates_nothing()
    {
        await using var target = await SampleTarget.StartAsync();
        // Of a length whose text the platform keeps: the double of the server writes it as text, the server does not.
        target.AnswerWith(200, new string('x', 200), ("X-One", "1"), ("Content-Type", "text/plain"));
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "RC", "RC").Policy("""
            <ResponseCache name="RC">
              <CacheKey><KeyFragment ref="request.queryparam.w"/><KeyFragment ref="request.uri"/></CacheKey>
              <SkipCacheLookup>request.header.bypass-cache = "true"</SkipCacheLookup>
              <ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings>
            </ResponseCache>
            """));
        var middleware = new GatewayMiddleware(_ => throw new InvalidOperationException("The request was not taken."), desk.House.Services.GetRequiredService<GatewayRuntime>());
        var call = new ReusedCall(new Uri(desk.House.Address).Authority);
        await call.RunAsync(middleware);
        Assert.Single(target.Calls);

        // The best round counts: the runtime compiles hot methods anew in the background, which allocates.
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            call.Run(middleware, Requests);
            var before = GC.GetAllocatedBytesForCurrentThread();
            call.Run(middleware, Requests);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(200, call.Response.ContentLength);
        Assert.Single(target.Calls);
        Assert.Equal(0, least);
    }

    /// <summary>One request that is made again and again, on features that keep what they need.</summary>
    private sealed class ReusedCall : IHttpResponseFeature, IHttpResponseBodyFeature
    {
        private readonly DefaultHttpContext _http;
        private readonly DroppingWriter _writer = new();

        internal ReusedCall(string host)
        {
            var features = new FeatureCollection();
            var request = new HttpRequestFeature { Method = "GET", Scheme = "http", Protocol = "HTTP/1.1", Path = "/weather/forecastrss", RawTarget = "/weather/forecastrss?w=23424778", QueryString = "?w=23424778" };
            request.Headers.Host = host;
            request.Headers.UserAgent = "test";
            features.Set<IHttpRequestFeature>(request);
            features.Set<IHttpResponseFeature>(this);
            features.Set<IHttpResponseBodyFeature>(this);
            _http = new DefaultHttpContext(features);
        }

        internal HttpResponse Response => _http.Response;

        public int StatusCode { get; set; }
        public string? ReasonPhrase { get; set; }
        public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();
        public bool HasStarted => false;
        Stream IHttpResponseFeature.Body { get => Stream.Null; set => throw new NotSupportedException(); }
        public Stream Stream => Stream.Null;
        public PipeWriter Writer => _writer;

        internal async Task RunAsync(GatewayMiddleware middleware) => await middleware.InvokeAsync(_http);

        internal void Run(GatewayMiddleware middleware, int times)
        {
            for (var time = 0; time < times; time++)
            {
                var run = middleware.InvokeAsync(_http);
                Assert.True(run.IsCompletedSuccessfully);
            }
        }

        public void OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException();

        public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private sealed class DroppingWriter : PipeWriter
    {
        private readonly byte[] _buffer = new byte[64 << 10];

        public override void Advance(int bytes)
        {
        }

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;
    }
}
