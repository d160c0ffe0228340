namespace Sluice.Gateway.Flow;

/// <summary>Which way a message goes when a step runs; it decides what <c>message</c> is.</summary>
internal enum Direction
{
    Request,
    Response,
    Error,
}
