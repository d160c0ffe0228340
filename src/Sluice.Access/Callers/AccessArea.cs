namespace Sluice.Access;

/// <summary>Which part of the program a route belongs to: it decides the rights that are asked for and the shape of refusals.</summary>
public enum AccessArea
{
    /// <summary>Collection management. With role-based access: <c>VIEW_COLLECTION</c> to read, <c>EDIT_COLLECTION</c> to change.</summary>
    Collection,

    /// <summary>The Audience REST API. Rights are asked for by the object, so the door does it.</summary>
    Audience,

    /// <summary>Gateway management; also takes a user's name and password. <c>VIEW_GATEWAY</c> to read, <c>EDIT_GATEWAY</c> to change.</summary>
    Gateway,

    /// <summary>Clients, users, keys, settings, audit: admins only.</summary>
    Administration,

    /// <summary>What everybody who is signed in may ask: who they are, and how the server fares.</summary>
    SignedIn,
}
