namespace Sluice.Collection.Validate;

/// <summary>Why a message was refused. The order is the order of the checks (contract collection.md 1.5).</summary>
internal enum Rejection
{
    None,
    NotAnObject,
    HeaderMissing,
    RepeatedKey,
    WrongOrganisation,
    UnknownFormat,
    UnknownSchema,
    DatasetMissing,
    UnknownDataset,
    EntityMissing,
    Invalid,
}
