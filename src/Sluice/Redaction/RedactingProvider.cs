namespace Sluice.Redaction;

/// <summary>
/// Stands before a logging provider: message, parameters, scopes and exceptions reach it without their secrets, whoever logged them.
/// </summary>
/// <remarks>It goes by the console's name, so that <c>Logging:Console:LogLevel</c> still reaches the console behind it.</remarks>
[ProviderAlias("Console")]
internal sealed class RedactingProvider(ILoggerProvider inner) : ILoggerProvider, ISupportExternalScope
{
    public ILogger CreateLogger(string categoryName) => new Logger(inner.CreateLogger(categoryName));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) =>
        (inner as ISupportExternalScope)?.SetScopeProvider(new Scopes(scopeProvider));

    public void Dispose() => inner.Dispose();

    /// <summary>One category's way to the provider.</summary>
    private sealed class Logger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(RedactedState.OfScope(state)!);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var redacted = new RedactedState(state, formatter(state, exception));
            var failure = RedactedException.Of(exception);
            inner.Log(logLevel, eventId, redacted, failure, static (one, _) => one.ToString());
        }
    }

    /// <summary>The scopes around a log line, redacted when a line is written and not when they open: most see no line.</summary>
    private sealed class Scopes(IExternalScopeProvider inner) : IExternalScopeProvider
    {
        public void ForEachScope<TState>(Action<object?, TState> callback, TState state) =>
            inner.ForEachScope((scope, passed) => callback(RedactedState.OfScope(scope), passed), state);

        public IDisposable Push(object? state) => inner.Push(state);
    }
}
