namespace Strangler.CdcSync.Binlog.Spooling;

/// <summary>Bytes that are appended, cut and read back: in memory while they are few, else in a file. Not safe for several threads.</summary>
internal sealed class Spool(SpoolFolder folder) : IDisposable
{
    // Small enough not to be collected with the largest objects only.
    private const int ChunkBytes = 64 * 1024;

    private readonly List<byte[]> _chunks = [];
    private FileStream? _file;

    public long Length { get; private set; }

    public bool IsInFile => _file is not null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_file is null && Length + bytes.Length > folder.MemoryBytes)
        {
            MoveToFile();
        }

        if (_file is not null)
        {
            Write(_file, bytes);
            Length += bytes.Length;
            return;
        }

        while (bytes.Length > 0)
        {
            var (chunk, at) = ((int)(Length / ChunkBytes), (int)(Length % ChunkBytes));
            if (chunk == _chunks.Count)
            {
                _chunks.Add(new byte[ChunkBytes]);
            }

            var count = Math.Min(bytes.Length, ChunkBytes - at);
            bytes[..count].CopyTo(_chunks[chunk].AsSpan(at));
            bytes = bytes[count..];
            Length += count;
        }
    }

    public void Truncate(long length)
    {
        Length = Math.Min(length, Length);
        _file?.SetLength(Length);
        _file?.Seek(Length, SeekOrigin.Begin);
    }

    /// <summary>Reads from a place on, as much as there is and the target can take.</summary>
    public int Read(long from, Span<byte> target)
    {
        if (_file is not null)
        {
            _file.Flush();
            var total = 0;
            while (total < target.Length && RandomAccess.Read(_file.SafeFileHandle, target[total..], from + total) is > 0 and var read)
            {
                total += read;
            }

            return total;
        }

        var wanted = (int)Math.Min(target.Length, Length - from);
        for (var done = 0; done < wanted;)
        {
            var (chunk, at) = ((int)((from + done) / ChunkBytes), (int)((from + done) % ChunkBytes));
            var count = Math.Min(wanted - done, ChunkBytes - at);
            _chunks[chunk].AsSpan(at, count).CopyTo(target[done..]);
            done += count;
        }

        return wanted;
    }

    public void Dispose()
    {
        _chunks.Clear();
        _file?.Dispose();
        Length = 0;
    }

    private void MoveToFile()
    {
        var file = folder.CreateFile();
        for (long at = 0; at < Length; at += ChunkBytes)
        {
            Write(file, _chunks[(int)(at / ChunkBytes)].AsSpan(0, (int)Math.Min(ChunkBytes, Length - at)));
        }

        _file = file;
        _chunks.Clear();
    }

    private void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (IOException fault)
        {
            throw folder.Failed(fault);
        }
    }
}
