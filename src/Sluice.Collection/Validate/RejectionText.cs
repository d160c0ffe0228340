using System.Diagnostics;

namespace Sluice.Collection.Validate;

/// <summary>The sentence and the stored code of every rejection (contract collection.md 1.5, 1.8 and Ruling 6).</summary>
internal static class RejectionText
{
    /// <summary>What the sender reads.</summary>
    /// <param name="prefix">The inlet's own beginning of every sentence.</param>
    internal static string Of(in Verdict verdict, string prefix) => verdict.Rejection switch
    {
        // The one text that the original gives without its prefix.
        Rejection.HeaderMissing => Sentence(verdict),
        _ => prefix + Sentence(verdict),
    };

    /// <summary>The sentence without its prefix.</summary>
    internal static string Sentence(in Verdict verdict) => verdict.Rejection switch
    {
        Rejection.NotAnObject or Rejection.UnknownFormat => "Message has unknown xdm format",
        Rejection.HeaderMissing => "The 'header' field is mandatory. Provide a valid 'header' value and try again.",
        Rejection.RepeatedKey => $"Message has the key [{verdict.Detail}] twice in one object",
        Rejection.WrongOrganisation => "Message has an absent or wrong ims org in the header",
        Rejection.UnknownSchema => $"Message refers to an unknown schema [{verdict.Detail}]",
        Rejection.DatasetMissing => "Message names no dataset",
        Rejection.UnknownDataset => $"Message refers to an unknown dataset [{verdict.Detail}]",
        Rejection.EntityMissing => "Payload body is missing xdmEntity",
        Rejection.Invalid => $"Message is invalid: {verdict.Violations![0].Pointer}: {verdict.Violations[0].Message}",
        _ => throw new UnreachableException(),
    };

    /// <summary>The code a failed record carries. DCVS-1101, 1103, 1104 and 1106 are the original's; the others are ours.</summary>
    internal static string Code(in Verdict verdict) => verdict.Rejection switch
    {
        Rejection.Invalid when verdict.Violations is [var only] => ViolationKind.Of(only.Keyword).Code,
        Rejection.Invalid => "DCVS-1101-400",
        _ => $"DCCS-{1000 + (int)verdict.Rejection}-400",
    };

    /// <summary>The stored sentence: for a schema violation in the form of 1.8, else the one the sender read.</summary>
    internal static string Stored(in Verdict verdict) => verdict.Rejection switch
    {
        Rejection.Invalid when verdict.Violations is [var only] =>
            $"{ViolationKind.Of(only.Keyword).Reason}: {only.Pointer}: {only.Message}.",
        Rejection.Invalid =>
            $"The message cannot be validated: [{string.Join(", ", verdict.Violations!.Select(one => $"{one.Pointer}: {one.Message}"))}]",
        _ => Sentence(verdict),
    };
}
