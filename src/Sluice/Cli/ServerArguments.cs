using System.CommandLine;
using Sluice.Hosting;

namespace Sluice.Cli;

/// <summary>The options that <c>serve</c> and <c>demo</c> share; any setting can be given as <c>--Section:Key=value</c> beside them.</summary>
internal sealed class ServerArguments
{
    private readonly Option<string?> _urls = new("--urls") { Description = "Addresses to listen on, with ';' between them." };
    private readonly Option<string?> _data = new("--data") { Description = "The data folder." };
    private readonly Option<string?> _roles = new("--roles") { Description = "Which doors to open, with ',' between them. Default: all." };
    private readonly Option<string?> _bootstrap = new("--bootstrap")
    {
        Description = "A file like credentials.json to create the first organisation, user and clients from, instead of inventing them.",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_urls);
        command.Options.Add(_data);
        command.Options.Add(_roles);
        command.Options.Add(_bootstrap);
        command.TreatUnmatchedTokensAsErrors = false; // they are settings; Read refuses those that are not
    }

    /// <summary>Reads the options; the fault says which argument is no setting.</summary>
    internal string? Read(ParseResult parsed, out ServerSettings settings)
    {
        var overrides = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        settings = new ServerSettings
        {
            Urls = parsed.GetValue(_urls),
            Data = parsed.GetValue(_data),
            Roles = parsed.GetValue(_roles),
            BootstrapFile = parsed.GetValue(_bootstrap),
            Overrides = overrides,
        };
        foreach (var token in parsed.UnmatchedTokens)
        {
            var equals = token.IndexOf('=', StringComparison.Ordinal);
            if (!token.StartsWith("--", StringComparison.Ordinal) || equals < 0 || !token[2..equals].Contains(':', StringComparison.Ordinal))
                return $"'{token}' is neither an option nor a setting of the form --Section:Key=value. See --help.";
            overrides[token[2..equals]] = token[(equals + 1)..];
        }
        return null;
    }
}
