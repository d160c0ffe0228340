namespace Sluice.Hosting;

/// <summary>How much journal is kept (configuration section <c>Journal</c>). Ranges are those of <see cref="Journal.JournalOptions"/>.</summary>
internal sealed class JournalSettings
{
    /// <summary>Size of a segment file in bytes. Default 64 MiB.</summary>
    public long SegmentBytes { get; set; } = 64L << 20;

    /// <summary>The most an environment's journal may take, in bytes; when its consumers hold all of it, requests get 503. Default 16 GiB.</summary>
    public long? MaxBytes { get; set; } = 16L << 30;

    /// <summary>How long records are kept for replay once every consumer has them. Default 7 days.</summary>
    public TimeSpan? MaxAge { get; set; } = TimeSpan.FromDays(7);
}
