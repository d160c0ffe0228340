using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Profiles.Rules.Tree;

/// <summary>Writes a tree as the JSON of the audience contract, section 3.4, whose joins are pairs.</summary>
/// <remarks>
/// A list of operands is written as pairs from the left, ((1, 2), 3); one that the builder does not draw, in halves, so
/// that the longest permitted rule nests 13 deep and not 5,000. A value outside quotes is marked <c>"bare":true</c>.
/// </remarks>
internal sealed class ExpressionTreeWriter
{
    // Raw '<', '>' and '"' of rules: old clients print them as they come (section 13, note 3).
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = int.MaxValue, SkipValidation = true };

    private readonly Utf8JsonWriter _json;
    private readonly Predicate<long>? _isHidden;

    private ExpressionTreeWriter(Utf8JsonWriter json, Predicate<long>? isHidden)
    {
        _json = json;
        _isHidden = isHidden;
    }

    public static byte[] Write(RuleNode root, Predicate<long>? isHidden)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
            new ExpressionTreeWriter(json, isHidden).Write(root);
        return buffer.WrittenSpan.ToArray();
    }

    private void Write(RuleNode node)
    {
        if (node is RuleNode.Join { Operands.Count: > RuleLimits.TermsInBuilder } big)
            WriteHalves(big, 0, big.Operands.Count);
        else if (node is RuleNode.Join join)
            WriteFromLeft(join);
        else
            WriteSingle(node);
    }

    private void WriteSingle(RuleNode node)
    {
        _json.WriteStartObject();
        switch (node)
        {
            case RuleNode.Not not:
                _json.WriteString(ExpressionTreeNames.Expression, ExpressionTreeNames.Not);
                _json.WritePropertyName(ExpressionTreeNames.Operand);
                Write(not.Operand);
                break;
            case RuleNode.Comparison comparison:
                _json.WriteString(ExpressionTreeNames.Name, comparison.Key);
                _json.WriteString(ExpressionTreeNames.Value, comparison.Value);
                _json.WriteString(ExpressionTreeNames.Expression, OperatorNames.Of(comparison.Operator));
                if (comparison.IsBareNumber)
                    _json.WriteBoolean(ExpressionTreeNames.Bare, true);
                break;
            case RuleNode.Trait trait:
                _json.WriteNumber(ExpressionTreeNames.Sid, Shown(trait.Sid));
                break;
            case RuleNode.Frequency frequency:
                WriteFrequency(frequency);
                break;
            default:
                throw new UnreachableException();
        }

        _json.WriteEndObject();
    }

    // Without recursion along the pairs: only what the operands themselves nest counts.
    private void WriteFromLeft(RuleNode.Join join)
    {
        for (int i = 1; i < join.Operands.Count; i++)
            StartPair(join);
        Write(join.Operands[0]);
        for (int i = 1; i < join.Operands.Count; i++)
        {
            _json.WritePropertyName(ExpressionTreeNames.Second);
            Write(join.Operands[i]);
            _json.WriteEndObject();
        }
    }

    private void WriteHalves(RuleNode.Join join, int from, int to)
    {
        if (to - from == 1)
        {
            Write(join.Operands[from]);
            return;
        }

        int middle = from + ((to - from + 1) / 2);
        StartPair(join);
        WriteHalves(join, from, middle);
        _json.WritePropertyName(ExpressionTreeNames.Second);
        WriteHalves(join, middle, to);
        _json.WriteEndObject();
    }

    private void StartPair(RuleNode.Join join)
    {
        _json.WriteStartObject();
        _json.WriteString(ExpressionTreeNames.Expression, join.IsAnd ? ExpressionTreeNames.And : ExpressionTreeNames.Or);
        _json.WritePropertyName(ExpressionTreeNames.First);
    }

    private void WriteFrequency(RuleNode.Frequency frequency)
    {
        _json.WriteString(ExpressionTreeNames.Expression, OperatorNames.Of(frequency.Operator));
        _json.WriteNumber(ExpressionTreeNames.Value, frequency.Count);
        _json.WriteStartObject(ExpressionTreeNames.Frequency);
        _json.WriteStartArray(ExpressionTreeNames.List);
        foreach (long sid in frequency.Sids)
            _json.WriteNumberValue(Shown(sid));
        _json.WriteEndArray();
        if (frequency.RecencyDays is { } days)
        {
            _json.WriteString(ExpressionTreeNames.Recency, frequency.IsSince ? "<=" : ">=");
            _json.WriteNumber(ExpressionTreeNames.Value, days);
            _json.WriteString(ExpressionTreeNames.Units, ExpressionTreeNames.Days);
        }

        _json.WriteEndObject();
    }

    private long Shown(long sid) => _isHidden?.Invoke(sid) == true ? 0 : sid;
}
