using System.Text;

namespace Sluice.Gateway.Messages;

/// <summary>A request, a response, an error or a message of a policy's own: line, headers and body, as flow variables see them (contract gateway.md 5.2).</summary>
/// <remarks>
/// Threading: belongs to one flow. A body is memory that somebody else owns for at least as long as the flow runs (a pooled buffer of the flow, a
/// cache entry), and is replaced as a whole, never written into.
/// </remarks>
internal sealed class Message
{
    private readonly NamedValues _query = new();
    private readonly NamedValues _form = new();
    private ReadOnlyMemory<byte> _body;
    private string? _content;
    private bool _hasContentText;
    private bool _queryParsed;
    private bool _queryChanged;
    private bool _formParsed;
    private bool _formChanged;
    private string _queryString = "";
    private string? _rawQuery;

    internal HeaderList Headers { get; } = new();

    internal bool IsRequest { get; set; }

    internal string Verb { get; set; } = "GET";

    /// <summary>Such as <c>1.1</c>.</summary>
    internal string Version { get; set; } = "1.1";

    /// <summary>Without the query.</summary>
    internal string Path { get; set; } = "";

    internal int Status { get; set; } = 200;

    /// <summary>Null sends the usual one.</summary>
    internal string? Reason { get; set; }

    /// <summary>A body that is passed on while it arrives; null for one in memory.</summary>
    internal Stream? Stream { get; set; }

    internal bool IsEmpty => _body.IsEmpty && Stream is null && !_hasContentText && !_formChanged;

    /// <summary>Without <c>?</c>, as sent, or as changed.</summary>
    internal string QueryString
    {
        get
        {
            if (_queryChanged)
                QueryString = _query.Encode();
            else if (_rawQuery is not null)
                (_queryString, _rawQuery) = (_rawQuery[1..], null);
            return _queryString;
        }
        set => (_queryString, _rawQuery, _queryParsed, _queryChanged) = (value, null, false, false);
    }

    /// <summary>The same, without making a text of it.</summary>
    internal ReadOnlySpan<char> QuerySpan => !_queryChanged && _rawQuery is not null ? _rawQuery.AsSpan(1) : QueryString;

    /// <summary>Takes the query as the server has it, with its <c>?</c>, or empty.</summary>
    internal void ShowQuery(string? withQuestionMark) =>
        (_queryString, _rawQuery, _queryParsed, _queryChanged) = ("", withQuestionMark is { Length: > 1 } ? withQuestionMark : null, false, false);

    /// <summary>To be read; see <see cref="ChangeQuery"/>.</summary>
    internal NamedValues Query
    {
        get
        {
            if (!_queryParsed)
            {
                _query.Parse(QuerySpan);
                _queryParsed = true;
            }
            return _query;
        }
    }

    /// <summary>The body's parameters when it is a form, else none.</summary>
    internal NamedValues Form
    {
        get
        {
            if (!_formParsed)
            {
                _form.Clear();
                if (IsForm)
                    _form.Parse(Content);
                _formParsed = true;
            }
            return _form;
        }
    }

    internal bool IsForm => Headers.First("Content-Type") is { } type && type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    /// <summary>The body's bytes.</summary>
    internal ReadOnlyMemory<byte> Body
    {
        get
        {
            if (_formChanged)
                Content = _form.Encode();
            if (_hasContentText)
            {
                _body = Encoding.GetBytes(_content!);
                _hasContentText = false;
            }
            return _body;
        }
        set
        {
            (_body, _content, _hasContentText) = (value, null, false);
            (_formParsed, _formChanged, Stream) = (false, false, null);
        }
    }

    /// <summary>The body as text, by the charset of its type, else UTF-8; a packed one is unpacked for reading, and goes on as it came unless it is replaced.</summary>
    internal string Content
    {
        get => _formChanged ? _content = _form.Encode() : _content ??= Encoding.GetString(Plain.Span);
        set
        {
            if (Headers.Has("Content-Encoding"))
                Headers.Remove("Content-Encoding");
            (_content, _hasContentText) = (value, true);
            (_formParsed, _formChanged, Stream) = (false, false, null);
        }
    }

    internal NamedValues ChangeQuery()
    {
        var query = Query;
        _queryChanged = true;
        return query;
    }

    internal NamedValues ChangeForm()
    {
        var form = Form;
        _formChanged = true;
        return form;
    }

    /// <summary>The first value of a header: up to its first comma outside quotes (contract gateway.md 5.2).</summary>
    internal string? HeaderValue(string name)
    {
        if (Headers.First(name) is not { } text)
            return null;
        var comma = HeaderText.IsList(name) ? HeaderText.FirstComma(text) : -1;
        return comma < 0 ? text : text[..comma].TrimEnd();
    }

    /// <summary>Makes it new for another flow.</summary>
    internal void Clear(bool isRequest)
    {
        Headers.Clear();
        (IsRequest, Verb, Version, Path, Status, Reason) = (isRequest, "GET", "1.1", "", 200, null);
        Body = default;
        QueryString = "";
    }

    /// <summary>Becomes a copy of another message; the body's memory is shared.</summary>
    internal void CopyFrom(Message other)
    {
        Headers.CopyFrom(other.Headers);
        (IsRequest, Verb, Version, Path, Status, Reason) = (other.IsRequest, other.Verb, other.Version, other.Path, other.Status, other.Reason);
        Body = other.Body;
        Stream = other.Stream;
        QueryString = other.QueryString;
    }

    private ReadOnlyMemory<byte> Plain => !_body.IsEmpty && Headers.First("Content-Encoding") is { } coding && BodyCoding.TryUnpack(coding, _body) is { } plain ? plain : _body;

    private Encoding Encoding => HeaderText.CharsetOf(Headers.First("Content-Type"));
}
