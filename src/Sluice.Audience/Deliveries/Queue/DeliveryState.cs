namespace Sluice.Audience.Deliveries.Queue;

/// <summary>How far one consumer of changes is, and what became of what it was to get; a row of <c>audience_delivery</c>.</summary>
internal sealed class DeliveryState
{
    /// <summary>A server-to-server destination, by its id.</summary>
    internal const string OfDestination = "destination";

    /// <summary>A webhook, by its id.</summary>
    internal const string OfWebhook = "webhook";

    public string Consumer { get; set; } = "";
    public long Id { get; set; }

    /// <summary>The last change that is done with: delivered, given up, or of no interest.</summary>
    public long Position { get; set; }

    /// <summary>Users (of a webhook: changes) that were to be delivered.</summary>
    public long Received { get; set; }

    /// <summary>Of those, the ones in messages that were sent, each time they were.</summary>
    public long Attempted { get; set; }

    /// <summary>Of those, the ones the target took.</summary>
    public long Delivered { get; set; }

    /// <summary>Requests that the target did not take.</summary>
    public long Failed { get; set; }

    /// <summary>Requests that were sent once more.</summary>
    public long Retried { get; set; }

    /// <summary>Users (changes) given up because they were older than the retention, or because there was no more room for dead letters.</summary>
    public long Dropped { get; set; }

    /// <summary>Changes of all segments that were forgotten before anybody looked at them for this consumer.</summary>
    public long Missed { get; set; }

    /// <summary>Users that the receiver has no id for, as far as we know.</summary>
    public long Unaddressed { get; set; }

    /// <summary>Failures since the target last took something.</summary>
    public long Attempts { get; set; }

    /// <summary>When it is tried again; 0 while nothing waits.</summary>
    public long NextMs { get; set; }

    /// <summary>Of when the oldest change is that waits because the target does not take it; 0 for none.</summary>
    public long WaitingMs { get; set; }

    /// <summary>When the target last took something; 0 for never.</summary>
    public long DeliveredMs { get; set; }

    /// <summary>When it last did not; 0 for never.</summary>
    public long FailedMs { get; set; }

    /// <summary>What status it answered then; 0 for none.</summary>
    public long LastStatus { get; set; }

    public string LastError { get; set; } = "";

    internal DeliveryState Copy() => (DeliveryState)MemberwiseClone();
}

/// <summary>What went to one destination within one hour: a row of its outbound history.</summary>
internal sealed class DeliveryHour
{
    public long Destination { get; set; }
    public long HourMs { get; set; }
    public long PushId { get; set; }
    public long Received { get; set; }
    public long Attempted { get; set; }
    public long Success { get; set; }
    public long StartMs { get; set; }
    public long EndMs { get; set; }
}

/// <summary>Under which ids a destination was told of a profile, so that it can be told of the exit when the profile is gone.</summary>
internal sealed class DeliveryAddress
{
    public long Destination { get; set; }
    public string Namespace { get; set; } = "";
    public string Id { get; set; } = "";
    public string Device { get; set; } = "";
    public string Partner { get; set; } = "";

    /// <summary>Whether it is in none of the destination's segments any more, and so nothing is left to tell.</summary>
    internal bool IsOver { get; init; }
}

/// <summary>A message that a destination refused for good: whom it was about, so that it can be made anew.</summary>
internal sealed class DeadLetter
{
    public long Id { get; set; }
    public long Destination { get; set; }
    public long AtMs { get; set; }

    /// <summary>JSON: an array of <see cref="LetterUser"/>.</summary>
    public string Users { get; set; } = "[]";

    public long UserCount { get; set; }
    public long Attempts { get; set; }
    public long LastStatus { get; set; }
    public string LastError { get; set; } = "";

    /// <summary>Whether somebody asked to send it again.</summary>
    public bool Waiting { get; set; }
}

/// <summary>Somebody in a dead letter, with the segments whose change it told of.</summary>
internal sealed record LetterUser(string Namespace, string Id, IReadOnlyList<long> Segments);
