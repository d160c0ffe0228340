using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Bulk;

/// <summary>The refusal of a bulk call: one line per object that is in the way, with its own lines below it.</summary>
internal static class BulkFaults
{
    private const int MaxLines = 1_000;

    internal static AudienceProblem Of(IReadOnlyList<(string Place, AudienceProblem Problem)> faults, int count)
    {
        var status = faults.Any(one => one.Problem.Status == 403) ? 403 : faults.All(one => one.Problem.Status == 409) ? 409 : 400;
        return new AudienceProblem(status, faults.First(one => status != 403 || one.Problem.Status == 403).Problem.Code, $"{faults.Count} of {count} cannot be done; nothing was")
        {
            ChildMessages =
            [
                .. faults.SelectMany(one => one.Problem.ChildMessages.Select(line => $"{one.Place}: {line}").Prepend($"{one.Place}: {one.Problem.Message}")).Take(MaxLines),
            ],
        };
    }
}
