using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The <c>data_protection_key</c> table: the keys that sign forms, so that a form made before a restart or by another node is still taken.</summary>
/// <remarks>
/// The framework asks for these synchronously: once at start, then once a day. The keys are no better hidden than the signing keys of tokens, which
/// lie in the same database.
/// </remarks>
internal sealed class FormKeys(SqlStore sql, TimeProvider clock) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. sql.ReadAsync(session => session.QueryAsync<string>("select xml from data_protection_key"), CancellationToken.None)
            .GetAwaiter().GetResult().Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName) =>
        sql.WriteAsync(
            session => session.ExecuteAsync(
                """
                insert into data_protection_key (key_name, xml, created_ms) values (@friendlyName, @xml, @now)
                on conflict (key_name) do update set xml = excluded.xml
                """,
                new { friendlyName, xml = element.ToString(SaveOptions.DisableFormatting), now = clock.GetUtcNow().ToUnixTimeMilliseconds() }),
            CancellationToken.None).GetAwaiter().GetResult();
}
