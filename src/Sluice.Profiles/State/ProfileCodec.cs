using System.Buffers;
using System.Text;

namespace Sluice.Profiles.State;

/// <summary>A profile as bytes in the store: docs/formats/profiles.md.</summary>
internal static class ProfileCodec
{
    private const byte FormatVersion = 1;

    private const byte OptedOut = 1;
    private const byte OfDevice = 2;

    internal static byte[] Write(Profile profile)
    {
        var to = new ArrayBufferWriter<byte>(profile.Footprint);
        to.Write([FormatVersion, (byte)((profile.IsOptedOut ? OptedOut : 0) | (profile.IsDevice ? OfDevice : 0))]);
        Number(to, (ulong)profile.LastSeenSeconds);
        Number(to, (ulong)profile.Links.Length);
        foreach (var link in profile.Links)
        {
            Number(to, (ulong)link.Number << 1 | (link.IsCurrent ? 1UL : 0));
            Text(to, link.Namespace);
            Number(to, (ulong)link.SeenSeconds);
            Number(to, (ulong)link.AuthenticatedSeconds);
        }
        Number(to, (ulong)profile.Segments.Length);
        long before = 0;
        foreach (var segment in profile.Segments)
        {
            Number(to, (ulong)(segment.Sid - before));
            Number(to, (ulong)segment.SinceSeconds);
            before = segment.Sid;
        }
        Number(to, (ulong)profile.Tags.Length);
        foreach (var tag in profile.Tags)
            Text(to, tag);
        to.Write(profile.Traits);
        return to.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are no profile, or of a newer version.</exception>
    internal static Profile Read(int number, ProfileKey key, int nextDay, ReadOnlySpan<byte> from)
    {
        if (from.Length < 2 || from[0] != FormatVersion)
            throw new InvalidDataException($"The stored profile {number} is of a version that this program does not know.");
        var profile = new Profile(number, key) { IsOptedOut = (from[1] & OptedOut) != 0, IsDevice = (from[1] & OfDevice) != 0, NextDay = nextDay };
        from = from[2..];
        profile.LastSeenSeconds = (long)Varint.Read(ref from);
        profile.LastSeenDay = UtcDay.Of(profile.LastSeenSeconds);
        var links = new Link[Count(ref from)];
        for (var at = 0; at < links.Length; at++)
        {
            var packed = Varint.Read(ref from);
            links[at] = new Link((int)(packed >> 1), string.Intern(Text(ref from)), (long)Varint.Read(ref from), (long)Varint.Read(ref from), (packed & 1) == 1);
        }
        var segments = new Membership[Count(ref from)];
        long sid = 0;
        for (var at = 0; at < segments.Length; at++)
            segments[at] = new Membership(sid += (long)Varint.Read(ref from), (long)Varint.Read(ref from));
        var tags = new string[Count(ref from)];
        for (var at = 0; at < tags.Length; at++)
            tags[at] = Text(ref from);
        (profile.Links, profile.Segments, profile.Tags, profile.Traits) = (links, segments, tags, from.ToArray());
        return profile;
    }

    private static int Count(ref ReadOnlySpan<byte> from) =>
        Varint.Read(ref from) is var count && count <= (ulong)from.Length ? (int)count : throw new InvalidDataException("A stored profile is cut off.");

    private static void Number(ArrayBufferWriter<byte> to, ulong value) => to.Advance(Varint.Write(to.GetSpan(Varint.MaxBytes), value));

    private static void Text(ArrayBufferWriter<byte> to, string value)
    {
        Number(to, (ulong)Encoding.UTF8.GetByteCount(value));
        to.Advance(Encoding.UTF8.GetBytes(value, to.GetSpan(Encoding.UTF8.GetMaxByteCount(value.Length))));
    }

    private static string Text(ref ReadOnlySpan<byte> from)
    {
        var length = Count(ref from);
        var text = Encoding.UTF8.GetString(from[..length]);
        from = from[length..];
        return text;
    }
}
