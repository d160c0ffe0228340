using System.Text.Json;
using Sluice.Schemas.Compile;
using Sluice.Schemas.Model;
using Sluice.Schemas.Validate;

namespace Sluice.Schemas;

/// <summary>A schema made ready for validating UTF-8 in one pass. Immutable; any number of threads may use it at once.</summary>
/// <remarks>
/// The input is one JSON value that <see cref="JsonScanner"/> has accepted, in valid UTF-8. For other bytes the verdict is
/// arbitrary, but both methods still end, stay inside the span and do not throw.
/// </remarks>
public sealed class CompiledSchema
{
    /// <summary>Validation of one value stops after this many violations (collection contract, section 1.8).</summary>
    public const int MostViolations = 5;

    private const int DeepestInstance = 1000;

    private readonly SchemaNode _root;
    private readonly WalkLimits _limits;

    private CompiledSchema(SchemaNode root, WalkLimits limits)
    {
        _root = root;
        _limits = limits;
    }

    internal SchemaNode Root => _root;

    /// <summary>Compiles a schema. Nothing of the element is kept.</summary>
    /// <exception cref="SchemaException">The schema cannot be compiled.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static CompiledSchema Compile(JsonElement schema, SchemaOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDepth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxDepth, DeepestInstance);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxNodes, 1);

        bool ingestion = options.Dialect == SchemaDialect.Ingestion;
        return new CompiledSchema(
            SchemaCompiler.Compile(schema, options),
            new WalkLimits(options.MaxDepth, RefusesRepeatedNames: ingestion, WholeByForm: ingestion));
    }

    /// <summary>Whether a value satisfies the schema. Allocates nothing once a thread has seen a few messages.</summary>
    public bool IsValid(ReadOnlySpan<byte> utf8)
    {
        var scratch = Scratch.OfThisThread();
        bool valid = new Walker<Probing>(utf8, _limits, scratch, report: null).CheckWhole(_root);
        scratch.GiveBackExcess();
        return valid;
    }

    /// <summary>Why a value does not satisfy the schema: the first five violations, none when it does.</summary>
    public IReadOnlyList<SchemaViolation> Validate(ReadOnlySpan<byte> utf8)
    {
        var report = new ViolationReport(MostViolations);
        var scratch = Scratch.OfThisThread();
        var walker = new Walker<Collecting>(utf8, _limits, scratch, report);
        bool finished = walker.CheckWhole(_root);
        scratch.GiveBackExcess();

        if (walker.Overrun == Overrun.Depth)
            report.AddForWhole("depth", ViolationText.TooDeep(_limits.MaxDepth));
        else if (walker.Overrun == Overrun.Effort)
            report.AddForWhole("effort", ViolationText.TooMuchEffort);
        else if (!finished && report.Found.Count == 0)
            report.AddForWhole("syntax", ViolationText.NotJson);
        return report.Found;
    }
}
