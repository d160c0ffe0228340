using Sluice.Access;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience;

/// <summary>What Access says of users and groups, in the words of this API.</summary>
internal static class AccountAnswers
{
    internal static AudienceProblem Of(AccountProblem problem) => problem.Fault switch
    {
        AccountFault.NotFound => new AudienceProblem(404, "not_found", problem.Reason),
        AccountFault.Taken => AudienceProblem.Conflict("duplicate_name", problem.Reason),
        AccountFault.Conflict => AudienceProblem.Conflict("conflict", problem.Reason),
        AccountFault.Limit => AudienceProblem.Limit(problem.Reason),
        _ => AudienceProblem.Invalid(problem.Reason, problem.Reason),
    };
}
