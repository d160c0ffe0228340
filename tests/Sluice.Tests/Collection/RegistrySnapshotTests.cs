using System.Text;
using System.Text.Json;
using Sluice.Collection;
using Sluice.Collection.SchemaRegistry;
using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Which schemas a change compiles again, what the receiving path is given, and what a store of the first tables holds afterwards.</summary>
public sealed class RegistrySnapshotTests
{
    private const string Tenant = "https://ns.adobe.com/acme/";

    [Fact]
    [Contract("3.4")]
    public void A_change_compiles_exactly_the_schemas_that_use_what_changed()
    {
        var library = new RegistryLibrary("acme", [.. StandardLibrary.Resources, Group("one"), Group("other"), Schema("uses-one", "one"), Schema("uses-other", "other")], []);
        var before = RegistrySnapshot.Of(library, RegistrySnapshot.Empty("acme"));

        var after = RegistrySnapshot.Of(library.With(new RegistryChange { Put = [Group("one", "added")] }), before);
        var described = RegistrySnapshot.Of(library.With(new RegistryChange { PutDescriptors = [Identity("uses-other")] }), before);

        Assert.NotSame(before.Routes[Tenant + "schemas/uses-one"], after.Routes[Tenant + "schemas/uses-one"]);
        Assert.Same(before.Routes[Tenant + "schemas/uses-other"], after.Routes[Tenant + "schemas/uses-other"]);
        Assert.Same(before.Routes[Tenant + "schemas/uses-one"], described.Routes[Tenant + "schemas/uses-one"]);
        Assert.NotSame(before.Routes[Tenant + "schemas/uses-other"], described.Routes[Tenant + "schemas/uses-other"]);
    }

    [Fact]
    [Contract("5.2")]
    public void Identity_descriptors_become_the_identity_fields_of_the_route()
    {
        var library = new RegistryLibrary("acme", [.. StandardLibrary.Resources, Group("one"), Schema("uses-one", "one")], [Identity("uses-one")]);

        var field = Assert.Single(RegistrySnapshot.Of(library, RegistrySnapshot.Empty("acme")).Routes[Tenant + "schemas/uses-one"].IdentityFields);

        Assert.Equal(["productListItems", "name"], field.Path.Select(Encoding.UTF8.GetString));
        Assert.Equal("Product", Encoding.UTF8.GetString(field.Namespace));
        Assert.False(field.IsPrimary);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Schemas_of_the_first_tables_are_carried_over_under_their_ids_and_versions(StoreKind kind)
    {
        await using var store = await TestStore.OpenAsync(kind);
        var cancellation = TestContext.Current.CancellationToken;
        await store.Sql.MigrateAsync([], TimeProvider.System, cancellation);
        foreach (var script in new[] { "0001-collection", "0002-inlet-settings" })
            await store.Sql.WriteAsync(session => session.ExecuteAsync(Script(script)), cancellation);
        await store.Sql.WriteAsync(session => session.ExecuteAsync(
            """
            insert into schema_resource (schema_id, alt_id, title, document, created_ms, created_by, modified_ms, version)
            values (@id, '_acme.schemas.1', 'Old', @document, 5, 'client', 6, 3)
            """,
            new { id = Tenant + "schemas/1", document = $$"""{"title":"Old","type":"object","properties":{"a":{"type":"string"} },"$id":"{{Tenant}}schemas/1","version":"1.2","imsOrg":"X"}""" }), cancellation);

        await store.Sql.WriteAsync(session => session.ExecuteAsync(Script("0003-registry")), cancellation);
        var carried = Assert.Single(await new RegistryStore(store.Sql).ListResourcesAsync(cancellation));

        Assert.Equal(Tenant + "schemas/1", carried.Id);
        Assert.Equal("1.2", carried.Version);
        Assert.Equal((5, "client", 6), (carried.Stamp.CreatedMs, carried.Stamp.CreatedBy, carried.Stamp.ModifiedMs));
        Assert.True(carried.StandsAlone);
        Assert.Equal(["title", "type", "properties"], carried.Document.EnumerateObject().Select(member => member.Name));
    }

    private static RegistryResource Group(string name, string field = "seat") => Resource(ResourceType.FieldGroup, "mixins/" + name,
        $$$"""{"title":"{{{name}}}","type":"object","properties":{"_acme":{"type":"object","properties":{"{{{field}}}":{"type":"string"} } } } }""");

    private static RegistryResource Schema(string name, string group) => Resource(ResourceType.Schema, "schemas/" + name,
        $$"""{"title":"{{name}}","allOf":[{"$ref":"{{RegistryDesk.Events}}"},{"$ref":"{{RegistryDesk.Commerce}}"},{"$ref":"{{Tenant}}mixins/{{group}}"}]}""");

    private static RegistryResource Resource(ResourceType type, string id, string document) =>
        new(Tenant + id, type, isGlobal: false, JsonElement.Parse(document), new ResourceStamp(1, "", 1, "", 1));

    private static Descriptor Identity(string schema) => new("1", JsonElement.Parse(
        $$"""
        {"@type":"xdm:descriptorIdentity","xdm:sourceSchema":"{{Tenant}}schemas/{{schema}}","xdm:sourceVersion":1,
         "xdm:sourceProperty":"/productListItems[*]/name","xdm:namespace":"Product","xdm:property":"xdm:code","xdm:isPrimary":false}
        """), new ResourceStamp(1, "", 1, "", 1));

    private static string Script(string name)
    {
        using var reader = new StreamReader(typeof(CollectionModule).Assembly.GetManifestResourceStream($"migrations/collection/{name}.sql")!);
        return reader.ReadToEnd();
    }
}
