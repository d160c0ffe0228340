using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.Access;

/// <summary>The pages at which people sign in and allow clients to act for them: their registrations and routes.</summary>
internal static class AuthorizePages
{
    internal const string AuthorizePath = "/oauth/authorize";
    internal const string SignInPath = "/oauth/sign-in";
    internal const string PasswordPath = "/oauth/password";
    internal const string ConsentPath = "/oauth/consent";
    internal const string SignOutPath = "/oauth/sign-out";

    private static readonly byte[] Stylesheet = ReadStylesheet();

    /// <summary>The stylesheet's address changes with its text, so that browsers may keep it.</summary>
    internal static string StylesheetPath { get; } = $"/oauth/pages-{SecretHash.Of(System.Text.Encoding.UTF8.GetString(Stylesheet))[..12]}.css";

    /// <summary>Registers the view engine for the views of this assembly alone, and the keys that sign forms.</summary>
    internal static IServiceCollection AddAuthorizePages(this IServiceCollection services, AccessRuntime access)
    {
        // Given before the framework looks: it would go through the entry assembly, which in tests is not the program.
        var parts = new ApplicationPartManager();
        parts.ApplicationParts.Add(new CompiledRazorAssemblyPart(typeof(AuthorizePages).Assembly));
        services.AddSingleton(parts);
        services.AddMvcCore().AddRazorViewEngine();

        services.AddDataProtection().SetApplicationName("Sluice");
        services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new FormKeys(access.Sql, access.Clock));
        // It warns that the keys lie unencrypted, at each new one; FormKeys says why they do.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error));
        services.AddAntiforgery(forms =>
        {
            forms.Cookie = new FormCookie(access.Options)
            {
                Name = "sluice-forms",
                Path = "/",
                HttpOnly = true,
                IsEssential = true,
                SameSite = SameSiteMode.Lax, // a client's link must not replace it under the forms of other tabs
                SecurePolicy = CookieSecurePolicy.SameAsRequest,
            };
            forms.FormFieldName = "__form";
            forms.SuppressXFrameOptionsHeader = true; // the pages say DENY
        });
        return services;
    }

    /// <summary>Maps the authorize address, in all the spellings that clients know, and the pages behind it.</summary>
    internal static void MapAuthorizePages(this IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])[AuthorizePath, "/ims/authorize", "/ims/authorize/v1", "/ims/authorize/v2"])
            routes.MapGet(path, Authorize.HandleAsync);
        routes.MapGet(SignInPath, SignIn.Get);
        routes.MapPost(SignInPath, SignIn.PostAsync);
        routes.MapGet(PasswordPath, ChangePassword.Get);
        routes.MapPost(PasswordPath, ChangePassword.PostAsync);
        routes.MapGet(ConsentPath, Consent.GetAsync);
        routes.MapPost(ConsentPath, Consent.PostAsync);
        routes.MapGet(SignOutPath, SignOut.GetAsync);
        routes.MapPost(SignOutPath, SignOut.PostAsync);
        routes.MapGet(StylesheetPath, (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(Stylesheet, "text/css; charset=utf-8");
        }).ExcludeFromDescription(); // its address is new with each text of it
    }

    private static byte[] ReadStylesheet()
    {
        using var text = Assembly.GetExecutingAssembly().GetManifestResourceStream("pages.css")!;
        using var bytes = new MemoryStream();
        text.CopyTo(bytes);
        return bytes.ToArray();
    }
}
