using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Binlog;

/// <summary>Damaged input is a <see cref="FormatException"/>, never another failure, a hang, or memory out of proportion.</summary>
public sealed class MalformedLogTests
{
    private static readonly string[] Logs =
    [
        "magento/binlog/mysql-bin.000003", "binlog-samples/mysql-bin.compressed", "binlog-samples/mysql-bin.checksum-none", "binlog-samples/mysqlcdc-sample.000001",
        "debezium/binlog/mariadb-10.11/mysql-bin.000004", "debezium/binlog/mysql-9.7/mysql-bin.000003.gz",
    ];

    public static TheoryData<string> Files => new(Logs);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_cut_or_mutated_event_is_a_format_error(string path)
    {
        var events = BinlogFileReader.Read(RecordedLog.Bytes(path.Split('/'))).Take(3000).Select(data => data.ToArray()).ToList();
        var random = new Random(20261122);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var rounds = 0;
        for (var i = 0; i < events.Count; i++)
        {
            for (var mutation = 0; mutation < 6; mutation++)
            {
                var assembler = RecordedLog.Assembler(events[0]);
                Feed(assembler, WithoutChecksums(events[0]));
                // The map that the event may need comes first.
                for (var earlier = Math.Max(1, i - 2); earlier < i; earlier++)
                {
                    Feed(assembler, Unchecked(events[earlier]));
                }

                Feed(assembler, Mutate(Unchecked(events[i]), random));
                rounds++;
            }
        }

        rounds.Should().BePositive();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(rounds * 1_000_000L, "a claim of length is no reason to allocate");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_cut_anywhere_is_a_format_error(string path)
    {
        var file = RecordedLog.Bytes(path.Split('/'));
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var cut = file[..random.Next(file.Length)];
            try
            {
                foreach (var _ in BinlogFileReader.Read(cut))
                {
                }
            }
            catch (FormatException)
            {
            }
        }
    }

    [Fact]
    public void A_wrong_checksum_is_found()
    {
        var events = BinlogFileReader.Read(RecordedLog.Bytes("magento", "binlog", "mysql-bin.000003")).Take(40).Select(data => data.ToArray()).ToList();
        var assembler = RecordedLog.Assembler(events[0]);
        assembler.Accept(events[0]);
        events[20][^10] ^= 1;

        FluentActions.Invoking(() => assembler.Accept(events[20])).Should().Throw<FormatException>().WithMessage("*checksum*");
    }

    [Fact]
    public void Random_bytes_are_no_JSON_document()
    {
        var random = new Random(3);
        for (var i = 0; i < 50_000; i++)
        {
            var document = new byte[random.Next(1, 60)];
            random.NextBytes(document);
            document[0] = (byte)random.Next(0, 16);
            try
            {
                JsonDocumentReader.ToText(document).Length.Should().BeLessThan(1_000_000);
            }
            catch (FormatException)
            {
            }
        }
    }

    private static void Feed(TransactionAssembler assembler, byte[] data)
    {
        try
        {
            assembler.Accept(data);
        }
        catch (Exception fault) when (fault is FormatException or NotSupportedException or Strangler.CdcSync.Changes.SourceLostException)
        {
        }
    }

    private static byte[] Mutate(byte[] data, Random random)
    {
        const int Header = 19;
        if (random.Next(3) == 0)
        {
            data = data[..random.Next(Header, data.Length + 1)];
        }
        else
        {
            for (var changes = random.Next(1, 4); changes > 0 && data.Length > Header; changes--)
            {
                data[random.Next(Header, data.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
            }
        }

        BitConverter.TryWriteBytes(data.AsSpan(9), data.Length);
        return data;
    }

    // A mutation must get past the checksum to reach the decoder.
    private static byte[] Unchecked(byte[] data)
    {
        var copy = data.ToArray();
        BitConverter.TryWriteBytes(copy.AsSpan(9), copy.Length);
        return copy;
    }

    private static byte[] WithoutChecksums(byte[] format)
    {
        var copy = format.ToArray();
        copy[^5] = 0;
        return copy;
    }
}
