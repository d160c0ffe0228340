namespace Sluice.Audience.Events.Reading;

/// <summary>What is wrong with a call, in the codes of contract audience.md 5.3. They never change the HTTP status.</summary>
internal sealed class EventErrors
{
    internal const int Unspecified = 0;
    internal const int NoHostConfiguration = 1;
    internal const int NoOrganisationConfiguration = 2;
    internal const int NotEvaluated = 10;
    internal const int NoHost = 100;
    internal const int BadMid = 101;
    internal const int BadUuid = 102;
    internal const int AllCustomerIdsInvalid = 104;
    internal const int RefererNotAllowed = 109;
    internal const int OptedOut = 171;
    internal const int InvalidCustomerId = 300;
    internal const int TooManyCustomerIds = 301;
    internal const int ForeignDataSource = 302;
    internal const int BlockedCustomerId = 303;
    internal const int BlockedDataSource = 304;
    internal const int BlockedDevice = 306;
    internal const int CustomerIdDropped = 309;
    internal const int TooManyOfNamespace = 310;
    internal const int NotEncoded = 311;
    internal const int BadGlobalDeviceId = 312;
    internal const int ConsentDenied = 315;

    private const int MaxErrors = 100;

    private readonly List<EventError> _all = [];

    /// <summary>In the order in which they were found.</summary>
    internal IReadOnlyList<EventError> All => _all;

    /// <summary>Notes an error; beyond 100 of them, none.</summary>
    internal void Add(int code, string? message = null)
    {
        if (_all.Count < MaxErrors)
            _all.Add(new EventError(code, message ?? MessageOf(code)));
    }

    /// <summary>Notes an error that is said once, however often it occurs.</summary>
    internal void AddOnce(int code, string? message = null)
    {
        if (!_all.Exists(one => one.Code == code))
            Add(code, message);
    }

    private static string MessageOf(int code) => code switch
    {
        NoHostConfiguration => "There is no configuration for this host name",
        NoOrganisationConfiguration => "There is no configuration for d_orgid",
        NotEvaluated => "Traits were not, or not fully, evaluated",
        NoHost => "The request has no Host header",
        BadMid => "d_mid must be 38 decimal digits",
        BadUuid => "d_uuid must be 38 decimal digits",
        AllCustomerIdsInvalid => "All customer ids are invalid",
        RefererNotAllowed => "Calls from this page are not allowed",
        OptedOut => "Encountered opt out tag",
        TooManyCustomerIds => "There are more than 10 customer ids",
        BlockedDevice => "The device id is blocked",
        NotEncoded => "A parameter is not properly percent-encoded; nothing of the call was processed",
        ConsentDenied => "The consent string is missing, cannot be read, or denies storing on the device",
        _ => "The call could not be processed",
    };
}

/// <summary>One thing that is wrong with a call.</summary>
internal readonly record struct EventError(int Code, string Message);
