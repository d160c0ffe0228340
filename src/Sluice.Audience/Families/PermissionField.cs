using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Families;

/// <summary>The member <c>permissions</c> of families whose rights come from wildcards: what the caller may do, where it was asked for.</summary>
internal static class PermissionField
{
    internal static Field<T> Of<T>(Func<Caller, T, ObjectRights> rightsOn)
        where T : Entity => Field.Custom<T>("permissions", (json, row, view) =>
        {
            json.WriteStartArray("permissions");
            foreach (var name in RightNames.NamesOf(rightsOn(view.Caller, row)))
                json.WriteStringValue(name);
            json.WriteEndArray();
        }, view => view.Query.IncludesPermissions, FieldType.Texts);
}
