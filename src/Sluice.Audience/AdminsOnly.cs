using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience;

/// <summary>Lets admins pass only; others get 403 with the reason.</summary>
internal sealed class AdminsOnly : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) => Caller.Of(context.HttpContext).IsAdmin
        ? next(context)
        : ValueTask.FromResult<object?>(AudienceAnswers.Refuse(AudienceProblem.Forbidden("Only admins do this")));
}
