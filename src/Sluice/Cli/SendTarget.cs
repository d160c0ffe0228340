using Sluice.Client;

namespace Sluice.Cli;

/// <summary>Finds where <c>send</c> sends to, and what it puts around each line.</summary>
internal sealed class SendTarget(ClientCall call)
{
    /// <exception cref="InvalidDataException">There is no such inlet or dataset, or it must be said which.</exception>
    internal async Task<(Uri Inlet, SluiceMessage? Envelope)> FindAsync(string? inlet, string? dataset)
    {
        var envelope = dataset is null ? null : await EnvelopeAsync(dataset);
        return (await InletAsync(inlet, envelope?.DatasetId), envelope);
    }

    private async Task<SluiceMessage> EnvelopeAsync(string wanted)
    {
        var found = await DatasetAsync(call, wanted);
        return new SluiceMessage
        {
            SchemaId = found.SchemaId,
            DatasetId = found.Id,
            OrganisationId = call.Connection.Credentials(call.Parsed).OrganisationId,
            SourceName = "sluice send",
            Entity = default,
        };
    }

    /// <summary>A dataset by its id or, when only one has it, its name.</summary>
    internal static async Task<Dataset> DatasetAsync(ClientCall call, string wanted)
    {
        if (!wanted.Contains('/', StringComparison.Ordinal) && await call.Server.FindDatasetAsync(wanted, call.Cancellation) is { } exact)
            return exact;
        Dataset? found = null;
        await foreach (var one in call.Server.ListDatasetsAsync(call.Cancellation))
        {
            if (one.Name != wanted)
                continue;
            if (found is not null)
                throw new InvalidDataException($"several datasets are called '{wanted}'; give an id, such as {one.Id}");
            found = one;
        }
        return found ?? throw new InvalidDataException($"there is no dataset '{wanted}'");
    }

    private async Task<Uri> InletAsync(string? wanted, string? datasetId)
    {
        if (wanted is not null && wanted.Contains("://", StringComparison.Ordinal))
            return Uri.TryCreate(wanted, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? address
                : throw new UsageException($"--inlet '{wanted}' is not an http or https address");
        var inlets = await call.Server.ListInletsAsync(call.Cancellation);
        var found = wanted is not null ? inlets.Where(one => one.InletId == wanted || one.Name == wanted).ToList()
            : datasetId is not null && inlets.Where(one => one.DatasetId == datasetId).ToList() is { Count: > 0 } own ? own
            : [.. inlets];
        return found.Count switch
        {
            // The address it shows may be that of a proxy; whoever gave --server wants that one.
            1 => new Uri(call.Connection.Server(call.Parsed), $"/collection/{found[0].InletId}"),
            0 => throw new InvalidDataException(wanted is null ? "there is no inlet; create one first" : $"there is no inlet '{wanted}'"),
            _ => throw new InvalidDataException($"there are {found.Count} inlets{(wanted is null ? "" : $" called '{wanted}'")}; say which with --inlet, such as {found[0].InletId} ({found[0].Name})"),
        };
    }
}
