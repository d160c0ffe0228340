using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Access;

/// <summary>The fields of a form that one of our pages gave to this browser, for the user who is signed in.</summary>
internal sealed class PageForm
{
    private const int MaxFieldCharacters = 1_000; // names have 255, passwords 128, the token of the form some 200

    private readonly IFormCollection _fields;

    private PageForm(IFormCollection fields) => _fields = fields;

    internal string this[string name] => _fields[name].ToString();

    /// <summary>Reads a form; the refusal is the answer when it is not ours, too large, or one of too many.</summary>
    internal static async Task<(PageForm? Form, IResult? Refusal)> ReadAsync(HttpContext http, AccessRuntime access)
    {
        if (Pages.TooMany(http, access) is { } tooMany)
            return (null, tooMany);
        AccessAnswers.BoundBody(http);
        if (!http.Request.HasFormContentType)
            return (null, Refuse(http, access, "The request has no form."));
        IFormCollection fields;
        try
        {
            fields = await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return (null, Refuse(http, access, "The form cannot be read."));
        }
        if (!await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
            return (null, Refuse(http, access, "This form was made for another sign-in or is too old. Load the page again."));
        return fields.FirstOrDefault(field => field.Value.Count > 1 || field.Value.ToString().Length > MaxFieldCharacters) is { Key: { } key }
            ? (null, Refuse(http, access, $"The field {(key.Length > 100 ? key[..100] : key)} stands twice or has more than {MaxFieldCharacters} characters."))
            : (new PageForm(fields), null);
    }

    private static IResult Refuse(HttpContext http, AccessRuntime access, string reason)
    {
        access.Bounds.CountRefusal(http);
        return Pages.Fault("This form cannot be used", reason, retry: http.Request.Path.Value + http.Request.QueryString.Value);
    }
}
