using System.Globalization;

namespace Strangler.CdcSync.Apply;

/// <summary>A statement that the server would cut the connection for: one of a single row, for all others are kept small.</summary>
internal sealed class StatementTooLargeException(long bytes, long limit)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"written as a statement it takes {bytes} bytes, and the target's max_allowed_packet is {limit}"));
