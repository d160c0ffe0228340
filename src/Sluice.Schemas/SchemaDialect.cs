namespace Sluice.Schemas;

/// <summary>Whose rules decide where the JSON Schema specification and the ingestion contract differ.</summary>
public enum SchemaDialect
{
    /// <summary>JSON Schema draft-06 as its public test suite has it: 1.0 is an integer, repeated keys pass.</summary>
    Draft06,

    /// <summary>
    /// The collection contract, section 1.8: 1.0 is not an integer, null satisfies no declared type, repeated keys are refused,
    /// a date-time has one of four forms.
    /// </summary>
    Ingestion,
}
