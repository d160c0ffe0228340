using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Caches;

/// <summary>When entries of a policy end (contract gateway.md 1.5).</summary>
internal sealed class CacheExpiry
{
    /// <summary>Nothing is kept for longer.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly Setting _seconds;
    private readonly Setting _timeOfDay;
    private readonly Setting _date;

    private CacheExpiry(Setting seconds, Setting timeOfDay, Setting date) => (_seconds, _timeOfDay, _date) = (seconds, timeOfDay, date);

    /// <summary>Reads <c>ExpirySettings</c>; a missing one is a fault.</summary>
    internal static CacheExpiry Read(BundleElement policy, CompileContext context)
    {
        var settings = policy.Child("ExpirySettings");
        if (settings is null)
            context.Fault("MissingExpirySettings", $"{policy.Name} '{policy.Attribute("name")}' has no ExpirySettings", policy.Spot);
        // The older spelling takes no variable (contract gateway.md 1.2); where both stand, the first wins (Ruling 2).
        var seconds = settings?.Children.FirstOrDefault(child => child.Name is "TimeoutInSeconds" or "TimeoutInSec" && (child.Text is not null || child.Ref() is not null));
        return new CacheExpiry(
            new Setting(seconds?.Name == "TimeoutInSeconds" ? seconds.Ref() : null, seconds?.Text),
            new Setting(settings?.Child("TimeOfDay")?.Ref(), settings?.ChildText("TimeOfDay")),
            new Setting(settings?.Child("ExpiryDate")?.Ref(), settings?.ChildText("ExpiryDate")));
    }

    /// <summary>When an entry made now ends; a time that is not later than now is not stored.</summary>
    internal DateTimeOffset From(FlowContext flow, CacheResource cache, DateTimeOffset now)
    {
        var services = flow.Snapshot.Services;
        var end = Of(_seconds.Read(flow), _timeOfDay.Read(flow), _date.Read(flow), now, services.Zone) ?? cache.ExpiryFrom(now, services.Zone) ?? now + services.Options.CacheLifetime;
        return end > now + Longest ? now + Longest : end;
    }

    /// <summary>Lowers an end by what the response says of itself: s-maxage, else max-age, else Expires.</summary>
    internal static DateTimeOffset Lowered(DateTimeOffset end, Message response, DateTimeOffset now)
    {
        if (CacheControl.Lifetime(response, now) is not { } lifetime)
            return end;
        return lifetime <= TimeSpan.Zero ? now : now + lifetime < end ? now + lifetime : end;
    }

    /// <summary>The end that three texts say; null when none of them is usable.</summary>
    internal static DateTimeOffset? Of(string? seconds, string? timeOfDay, string? date, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (long.TryParse(seconds?.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count))
            return now + TimeSpan.FromSeconds(Math.Clamp(count, 0, (long)Longest.TotalSeconds));
        var (byTime, byDate) = (TimeOfDay(timeOfDay, now, zone), Date(date, zone));
        return byTime is null || byDate < byTime ? byDate : byTime;
    }

    private static DateTimeOffset? TimeOfDay(string? text, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (!TimeOnly.TryParseExact(text?.Trim(), ["HH:mm:ss", "H:mm:ss", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return null;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var next = InZone(today.ToDateTime(time), zone);
        return next > now ? next : InZone(today.AddDays(1).ToDateTime(time), zone);
    }

    private static DateTimeOffset? Date(string? text, TimeZoneInfo zone) =>
        DateOnly.TryParseExact(text?.Trim(), ["MM-dd-yyyy", "M-d-yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? InZone(day.ToDateTime(TimeOnly.MinValue), zone)
            : null;

    // A time that a clock change leaves out is taken an hour later, as clocks show it then.
    private static DateTimeOffset InZone(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
            local = local.AddHours(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }

    private readonly record struct Setting
    {
        private readonly VariableRef? _variable;
        private readonly string? _text;

        internal Setting(string? variable, string? text) => (_variable, _text) = (variable is null ? null : VariableRef.Of(variable), text);

        internal string? Read(FlowContext flow) => _variable?.GetText(flow) is { Length: > 0 } value ? value : _text;
    }
}
