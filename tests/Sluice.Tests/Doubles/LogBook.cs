using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Sluice.Tests.Doubles;

/// <summary>Keeps log lines exactly as the console's JSON formatter writes them, scopes and parameters included.</summary>
internal sealed class LogBook : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ServiceProvider _services;
    private readonly ConsoleFormatter _formatter;
    private volatile IExternalScopeProvider? _scopes;

    internal LogBook()
    {
        _services = new ServiceCollection().AddLogging(logging => logging.AddJsonConsole(json => json.IncludeScopes = true)).BuildServiceProvider();
        _formatter = _services.GetServices<ConsoleFormatter>().Single(one => one.Name == ConsoleFormatterNames.Json);
    }

    internal IReadOnlyCollection<string> Lines => _lines;

    internal string Text => string.Concat(_lines);

    internal int CountOf(string words) => _lines.Count(line => line.Contains(words, StringComparison.Ordinal));

    /// <summary>Waits until a line has these words.</summary>
    internal Task HasAsync(string words) => Until.TrueAsync(() => CountOf(words) > 0, words);

    public ILogger CreateLogger(string categoryName) => new Page(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    // Two factories of one house write here; the book is read after both are gone.
    public void Dispose()
    {
    }

    private sealed class Page(LogBook book, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            using var writer = new StringWriter();
            book._formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), book._scopes, writer);
            book._lines.Enqueue(writer.ToString());
        }
    }
}
