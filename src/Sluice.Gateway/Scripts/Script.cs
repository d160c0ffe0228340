using System.Collections;
using System.Reflection;
using Jint.Parser;
using Jint.Parser.Ast;
using Microsoft.Extensions.ObjectPool;

namespace Sluice.Gateway.Scripts;

/// <summary>The scripts of one Javascript policy, parsed when the bundle is deployed (contract gateway.md 7).</summary>
/// <remarks>
/// Threading: a parsed program is used by one run at a time, since the engine writes into it; each run rents one and gives it back.
/// </remarks>
internal sealed class Script
{
    internal const int MaxCharacters = 256 << 10;

    // Both the parser and the interpreter recurse: what nests deeper would end the program, not the script.
    private const int MaxDepth = 300;
    private const int ParserStackBytes = 256 << 20;

    private readonly DefaultObjectPool<Program> _programs;

    private Script(IReadOnlyList<(string Name, string Text)> sources) => _programs = new DefaultObjectPool<Program>(new ProgramPolicy(sources));

    /// <summary>Parses scripts that run one behind the other; null, with file, line and reason, when one cannot be read.</summary>
    internal static Script? Parse(IReadOnlyList<(string Name, string Text)> sources, out (string Name, int Line, string Reason) fault)
    {
        fault = default;
        foreach (var (name, text) in sources)
        {
            if (text.Length > MaxCharacters)
                fault = (name, 1, $"a script has at most {MaxCharacters} characters");
            else if (LineTooDeep(text) is { } line)
                fault = (name, line, $"brackets nest deeper than {MaxDepth}");
            if (fault.Reason is not null)
                return null;
            try
            {
                ParseOne(name, text);
            }
            catch (ParserException wrong)
            {
                fault = (name, wrong.LineNumber, $"{wrong.Description} (line {wrong.LineNumber}, column {wrong.Column})");
                return null;
            }
        }
        return new Script(sources);
    }

    internal Program Rent() => _programs.Get();

    internal void Return(Program program) => _programs.Return(program);

    // One program of all of them, so that one time limit is for all.
    private static Program ParseAll(IReadOnlyList<(string Name, string Text)> sources)
    {
        Program[] parts = [.. sources.Select(source => ParseOne(source.Name, source.Text))];
        return new Program
        {
            Type = SyntaxNodes.Program,
            Location = parts[0].Location,
            Range = parts[0].Range,
            Body = [.. parts.SelectMany(part => part.Body)],
            VariableDeclarations = [.. parts.SelectMany(part => part.VariableDeclarations)],
            FunctionDeclarations = [.. parts.SelectMany(part => part.FunctionDeclarations)],
        };
    }

    private static Program ParseOne(string name, string text)
    {
        Program? program = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                program = new JavaScriptParser().Parse(text, new ParserOptions { Source = name });
                Prepare(program);
            }
            catch (Exception wrong)
            {
                failure = wrong;
            }
        }, ParserStackBytes);
        thread.Start();
        thread.Join();
        return program is not null && failure is null ? program
            : throw (failure as ParserException ?? new ParserException(failure?.Message ?? "") { Description = failure?.Message ?? "", LineNumber = 1 });
    }

    // Goes through the tree once: bounds its depth, and keeps the engine from caching arguments, which would be seen by the next run.
    private static void Prepare(Program program)
    {
        var left = new Stack<(SyntaxNode Node, int Depth)>([(program, 0)]);
        while (left.TryPop(out var one))
        {
            if (one.Depth > MaxDepth)
                throw new ParserException("") { Description = $"statements or expressions nest deeper than {MaxDepth}", LineNumber = one.Node.Location?.Start.Line ?? 1 };
            if (one.Node is CallExpression call)
                call.CanBeCached = false;
            foreach (var field in one.Node.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance))
            {
                switch (field.GetValue(one.Node))
                {
                    case SyntaxNode child:
                        left.Push((child, one.Depth + 1));
                        break;
                    case string:
                        break;
                    case IEnumerable children:
                        foreach (var child in children.OfType<SyntaxNode>())
                            left.Push((child, one.Depth + 1));
                        break;
                }
            }
        }
    }

    /// <summary>The first line where brackets outside texts and comments nest too deep; null for none.</summary>
    private static int? LineTooDeep(string text)
    {
        var (depth, line, quote) = (0, 1, '\0');
        for (var at = 0; at < text.Length; at++)
        {
            var sign = text[at];
            if (sign == '\n')
            {
                line++;
                quote = quote is '\'' or '"' or '/' ? '\0' : quote;
            }
            else if (quote == '*')
                quote = sign == '*' && at + 1 < text.Length && text[at + 1] == '/' ? '\0' : quote;
            else if (quote != '\0')
            {
                at += sign == '\\' ? 1 : 0;
                quote = sign == quote && quote != '/' ? '\0' : quote;
            }
            else if (sign == '/' && at + 1 < text.Length && text[at + 1] is '/' or '*')
                quote = text[at + 1];
            else if (sign is '\'' or '"')
                quote = sign;
            else if (sign is '(' or '[' or '{' && ++depth > MaxDepth)
                return line;
            else if (sign is ')' or ']' or '}')
                depth--;
        }
        return null;
    }

    private sealed class ProgramPolicy(IReadOnlyList<(string Name, string Text)> sources) : PooledObjectPolicy<Program>
    {
        public override Program Create() => ParseAll(sources);

        public override bool Return(Program obj) => true;
    }
}
