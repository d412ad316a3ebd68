namespace Strangler.CdcSync.Positions;

/// <summary>One file of the source's log. <see cref="BegunAt"/> is null until it was asked for.</summary>
internal sealed record LogFile(string Name, long Bytes, DateTimeOffset? BegunAt)
{
    public long Number => new Changes.SourcePosition("", Name, 0, null).FileNumber;
}

/// <summary>The source's log files, oldest first, and the rules by which it removes them.</summary>
/// <param name="Files">Oldest first.</param>
/// <param name="Expires">The age at which a file is removed; null for never.</param>
/// <param name="MaximumBytes">The size of all files beyond which the oldest is removed; null for none.</param>
internal sealed record LogFiles(IReadOnlyList<LogFile> Files, TimeSpan? Expires, long? MaximumBytes)
{
    /// <summary>Bytes of log between two places; null when a file between is not known.</summary>
    public long? BytesBetween(Changes.SourcePosition from, Changes.SourcePosition to)
    {
        if (from.File == to.File)
        {
            return Math.Max(0, to.Offset - from.Offset);
        }

        if (from.FileNumber > to.FileNumber)
        {
            return 0;
        }

        var between = Files.Where(file => file.Number >= from.FileNumber && file.Number < to.FileNumber).ToList();
        return between.Count == to.FileNumber - from.FileNumber ? Math.Max(0, between.Sum(file => file.Bytes) - from.Offset + to.Offset) : null;
    }

    /// <summary>What is left of the log that begins in a file.</summary>
    public Retention? Of(string neededFile, DateTimeOffset now)
    {
        var index = Files.ToList().FindIndex(file => file.Name == neededFile);
        if (Files.Count == 0)
        {
            return null;
        }

        var oldest = Files[0];
        if (index < 0)
        {
            return new Retention(oldest.Name, oldest.BegunAt, neededFile, 0, Expires?.TotalHours, MaximumBytes, Files.Sum(file => file.Bytes));
        }

        // A server counts a file's age from its last write, which is when the next one began.
        var lastWrite = index + 1 < Files.Count ? Files[index + 1].BegunAt : now;
        double? byAge = Expires is { } age && lastWrite is { } at ? (at + age - now).TotalHours : null;
        double? bySize = null;
        if (MaximumBytes is { } maximum && oldest.BegunAt is { } begun && (now - begun).TotalHours is > 0 and var hours)
        {
            var perHour = Files.Sum(file => file.Bytes) / hours;
            bySize = perHour > 0 ? Math.Max(0, maximum - Files.Skip(index).Sum(file => file.Bytes)) / perHour : null;
        }

        var left = byAge is null ? bySize : bySize is null ? byAge : Math.Min(byAge.Value, bySize.Value);
        return new Retention(
            oldest.Name, oldest.BegunAt, neededFile, left is { } value ? Math.Round(Math.Max(0, value), 3) : null, Expires?.TotalHours, MaximumBytes, Files.Sum(file => file.Bytes));
    }
}

/// <summary>How long the log that is still needed will be there: as long as that, the way back is open.</summary>
/// <param name="OldestFile">The oldest file that the source still has.</param>
/// <param name="OldestAt">When it was begun.</param>
/// <param name="NeededFile">The file of the oldest place that any service still needs.</param>
/// <param name="HoursLeft">Until that file is removed; null when it never is, or that is not known.</param>
/// <param name="ExpireHours">The age at which the source removes a file; null for never.</param>
/// <param name="MaximumBytes">The size of the log beyond which it removes the oldest; null for none.</param>
/// <param name="Bytes">The size of the log now.</param>
internal sealed record Retention(
    string OldestFile, DateTimeOffset? OldestAt, string NeededFile, double? HoursLeft, double? ExpireHours, long? MaximumBytes, long Bytes);
