namespace Sluice.Tests.Doubles;

/// <summary>Stands in an <see cref="HttpClient"/> and lets no answer pass that the OpenAPI documents do not describe.</summary>
internal sealed class DescribedAnswers() : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var fault = ApiDescription.FaultOf(request.Method.Method, request.RequestUri!.AbsolutePath, response, text);
        Assert.True(fault is null, fault);
        return response;
    }
}
