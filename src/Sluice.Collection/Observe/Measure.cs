namespace Sluice.Collection.Observe;

/// <summary>What is counted and kept. The names stand in SQL, so a new one may come, but none is ever renamed.</summary>
internal enum Measure
{
    // Of a dataset.
    Total,
    Valid,
    Invalid,
    Bytes,
    BatchSuccess,
    BatchFailed,
    IdentitySuccess,
    IdentityFailed,

    // Of a dataset: refused messages by what is wrong with them, in the order of ViolationKind.Categories.
    Type,
    Range,
    Format,
    Pattern,
    Presence,
    Enum,
    Unclassified,
    Unknown,

    // Of a dataset and a namespace.
    NamespaceSuccess,
    NamespaceSkipped,

    // Of an inlet.
    Received,
    ReceivedBytes,
    CallSuccess,
    CallFailure,

    // Of the environment.
    NewDataset,
}
