using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>The fields of a token request: from the form, else from the query where the endpoint reads it too.</summary>
/// <remarks>RFC 6749 section 3.2: a field without a value counts as left out, and one that stands twice makes the request invalid.</remarks>
internal sealed class TokenForm
{
    private const int MaxFieldCharacters = 16_384; // a JWT with a chain of claims; secrets have 48

    private readonly IFormCollection? _form;
    private readonly IQueryCollection? _query;

    private TokenForm(IFormCollection? form, IQueryCollection? query) => (_form, _query) = (form, query);

    /// <summary>The reason the request cannot be read, or null.</summary>
    internal string? Fault { get; private set; }

    internal string this[string name]
    {
        get
        {
            var values = _form is not null && _form.TryGetValue(name, out var inForm) ? inForm : _query is null ? default : _query[name];
            if (values.Count > 1)
                Fault ??= $"{name} stands more than once.";
            var value = values.Count == 1 ? values[0]! : "";
            if (value.Length > MaxFieldCharacters)
                Fault ??= $"{name} is longer than {MaxFieldCharacters} characters.";
            return Fault is null ? value : "";
        }
    }

    internal static async Task<TokenForm> ReadAsync(HttpContext http, bool readsQuery)
    {
        AccessAnswers.BoundBody(http);
        try
        {
            var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : null;
            return new TokenForm(form, readsQuery ? http.Request.Query : null);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException and not BadHttpRequestException) // a cut multipart form is an IOException
        {
            return new TokenForm(null, null) { Fault = "The form in the body cannot be read." };
        }
    }
}
