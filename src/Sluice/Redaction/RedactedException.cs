namespace Sluice.Redaction;

/// <summary>Stands in for an exception whose text has a secret in it; shows the same text without.</summary>
internal sealed class RedactedException : Exception
{
    private readonly string _text;
    private readonly string? _trace;

    private RedactedException(string message, string text, string? trace) : base(message) => (_text, _trace) = (text, trace);

    public override string? StackTrace => _trace;

    public override string ToString() => _text;

    /// <summary>The exception itself when there is nothing to hide in it.</summary>
    internal static Exception? Of(Exception? failure)
    {
        if (failure is null)
            return null;
        var (whole, message) = (failure.ToString(), failure.Message);
        var (shown, shownMessage) = (Redactor.Redact(whole), Redactor.Redact(message));
        return ReferenceEquals(whole, shown) && ReferenceEquals(message, shownMessage)
            ? failure
            : new RedactedException(shownMessage, shown, failure.StackTrace);
    }
}
