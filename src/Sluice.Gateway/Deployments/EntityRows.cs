using System.Text.Json.Nodes;
using Sluice.Storage;

namespace Sluice.Gateway.Deployments;

/// <summary>Rows of <c>gateway_entity</c>, one at a time, within a change of the environment's entities.</summary>
internal static class EntityRows
{
    internal static Task<string?> FindAsync(SqlSession session, string kind, string name) =>
        session.FindAsync<string>("select body from gateway_entity where kind = @kind and name = @name", new { kind, name });

    /// <summary>How many of a kind have a name that begins so.</summary>
    internal static async Task<int> CountAsync(SqlSession session, string kind, string prefix) =>
        (await session.QueryAsync<string>("select name from gateway_entity where kind = @kind", new { kind })).Count(name => name.StartsWith(prefix, StringComparison.Ordinal));

    internal static async Task<AddOutcome> AddAsync(SqlSession session, string kind, string name, JsonObject body, long now, int most)
    {
        if (await session.FindAsync<long>("select count(*) from gateway_entity where kind = @kind", new { kind }) >= most)
            return AddOutcome.TooMany;
        var added = await session.ExecuteAsync(
            "insert into gateway_entity (kind, name, body, created_ms, modified_ms) values (@kind, @name, @body, @now, @now) on conflict (kind, name) do nothing",
            new { kind, name, body = body.ToJsonString(), now });
        return added == 0 ? AddOutcome.Exists : AddOutcome.Added;
    }

    internal static Task<int> ChangeAsync(SqlSession session, string kind, string name, JsonObject body, long now) => session.ExecuteAsync(
        "update gateway_entity set body = @body, modified_ms = @now where kind = @kind and name = @name", new { kind, name, body = body.ToJsonString(), now });

    internal static Task<int> RemoveAsync(SqlSession session, string kind, string name) =>
        session.ExecuteAsync("delete from gateway_entity where kind = @kind and name = @name", new { kind, name });
}

/// <summary>What came of adding an entity.</summary>
internal enum AddOutcome
{
    Added,
    Exists,
    TooMany,
}
