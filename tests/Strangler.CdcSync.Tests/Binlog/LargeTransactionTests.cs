using System.Globalization;
using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Binlog;

/// <summary>Runs while nothing else does: what other tests allocate would be counted as the reader's.</summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory;

/// <summary>Transactions larger than memory should hold. <c>STRANGLER_LARGE_MB</c> makes the largest one larger: 1024 for a gigabyte.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class LargeTransactionTests : IDisposable
{
    private const int RowsPerEvent = 8;
    private const long MemoryBound = 64L << 20;

    private static readonly string Value = new('x', 1000);

    private readonly string _folder = Directory.CreateTempSubdirectory("strangler-spool-").FullName;
    private readonly LogBuilder _log = new();

    [Fact]
    public void A_transaction_of_hundreds_of_megabytes_takes_little_memory()
    {
        var megabytes = int.Parse(Environment.GetEnvironmentVariable("STRANGLER_LARGE_MB") ?? "256", CultureInfo.InvariantCulture);
        using var assembler = Assembler(16 << 20);
        Feed(assembler, _log.Query("BEGIN"), _log.TableMap());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var highest = 0L;
        var rows = 0;
        for (long bytes = 0; bytes < (long)megabytes << 20;)
        {
            var data = _log.Insert(rows, RowsPerEvent, Value);
            assembler.Accept(data).Should().BeNull();
            bytes += data.Length;
            rows += RowsPerEvent;
            Measure(rows);
        }

        using var transaction = assembler.Accept(_log.Commit())!;
        transaction.Changes.Should().HaveCount(rows);
        transaction.Bytes.Should().BeGreaterThan((long)megabytes << 20);
        Directory.EnumerateFiles(_folder).Should().BeEmpty("not even a killed process leaves a file behind");
        for (var walk = 0; walk < 2; walk++)
        {
            var next = 0;
            foreach (var change in transaction.Changes.Cast<RowChange>())
            {
                if (change.After![0].Int64 != next++)
                {
                    Assert.Fail($"row {next - 1} is {change.After[0]}");
                }

                Measure(next);
            }

            next.Should().Be(rows);
        }

        highest.Should().BeLessThan(MemoryBound, "the transaction is {0} MB", megabytes);

        void Measure(int at)
        {
            if (at % 20_000 == 0)
            {
                highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(700_000)]
    [InlineData(100_000_000)]
    public void A_savepoint_takes_back_what_came_after_wherever_it_lies(long memoryBytes)
    {
        using var assembler = Assembler(memoryBytes);
        Feed(assembler, _log.Query("BEGIN"), _log.TableMap());
        var expected = new List<long>();
        var next = 0;
        Insert(kept: true, 20);
        Feed(assembler, _log.Query("SAVEPOINT `a`"));
        Insert(kept: false, 100);
        Feed(assembler, _log.Query("ROLLBACK TO `a`"));
        Insert(kept: true, 200);
        Feed(assembler, _log.Query("SAVEPOINT `b`"), _log.Query("DELETE FROM t WHERE id = 1"));
        Insert(kept: false, 200);
        Feed(assembler, _log.Query("ROLLBACK TO `b`"), _log.Query("UPDATE t SET v = 1"));
        Insert(kept: true, 100);

        using var transaction = assembler.Accept(_log.Commit())!;
        transaction.Changes.OfType<RowChange>().Select(change => change.After![0].Int64).Should().Equal(expected);
        transaction.Changes.OfType<TableChange>().Select(change => change.Statement).Should().Equal("UPDATE t SET v = 1");
        transaction.TableChanges.Should().ContainSingle();
        transaction.Changes.Should().HaveCount(expected.Count + 1);

        void Insert(bool kept, int events)
        {
            for (; events > 0; events--, next += RowsPerEvent)
            {
                assembler.Accept(_log.Insert(next, RowsPerEvent, Value)).Should().BeNull();
                expected.AddRange(kept ? Enumerable.Range(next, RowsPerEvent).Select(id => (long)id) : []);
            }
        }
    }

    [Fact]
    public void A_prepared_transaction_is_given_when_it_is_committed_and_the_position_remembers_it_until_then()
    {
        using var assembler = Assembler(0);
        var begins = _log.Offset;
        Feed(assembler, _log.Query("XA START X'31',X'',1"), _log.TableMap());
        for (var i = 0; i < 100; i++)
        {
            Feed(assembler, _log.Insert(i * RowsPerEvent, RowsPerEvent, Value));
        }

        Feed(assembler, _log.Query("XA END X'31',X'',1"));
        using var prepared = assembler.Accept(_log.XaPrepare("1"))!;
        prepared.Changes.Should().BeEmpty();
        prepared.Position.Prepared.Should().Equal(new PreparedTransaction("X'31',X'',1", "log.000001", begins, null));

        Feed(assembler, _log.Query("BEGIN"), _log.TableMap(), _log.Insert(9000, 1, "between"));
        using var between = assembler.Accept(_log.Commit())!;
        between.Changes.Should().ContainSingle();
        between.Position.Prepared.Should().ContainSingle();

        using var committed = assembler.Accept(_log.Query("XA COMMIT X'31',X'',1"))!;
        committed.Changes.Should().HaveCount(800);
        committed.Changes.Cast<RowChange>().Last().After![0].Int64.Should().Be(799);
        committed.Position.Prepared.Should().BeNull();
    }

    [Fact]
    public void A_log_of_more_than_four_gigabytes_goes_on_counting_and_files_of_seven_digits_are_later()
    {
        using var assembler = Assembler(1 << 20);
        _log.Offset = uint.MaxValue - 100L;
        Feed(assembler, _log.Event(EventType.Unknown, []));
        Feed(assembler, _log.Query("BEGIN"), _log.TableMap(), _log.Insert(1, 1, Value));
        using var transaction = assembler.Accept(_log.Commit())!;
        transaction.Position.Offset.Should().Be(_log.Offset).And.BeGreaterThan(uint.MaxValue);

        var last = transaction.Position with { File = "mysql-bin.999999" };
        (last with { File = "mysql-bin.1000000", Offset = 4 }).HasReached(last).Should().BeTrue();
        last.HasReached(last with { File = "mysql-bin.1000000", Offset = 4 }).Should().BeFalse();
    }

    [Fact]
    public void A_stream_asked_for_by_gtid_begins_before_the_place_that_was_reached_and_the_position_stays()
    {
        var from = new SourcePosition("mariadb", "log.000002", 5000, "0-1-7");
        using var assembler = RecordedLog.Assembler(from, isMariaDb: true, new SpoolFolder(_folder, 0), isWanted: _ => true);
        assembler.Accept(_log.Rotate("log.000002")).Should().BeNull("the file's beginning was passed long ago, and its GTIDs are the same");
        using var rotated = assembler.Accept(_log.Rotate("log.000003"))!;
        rotated.Position.Should().Match<SourcePosition>(position => position.File == "log.000003" && position.Offset == 4);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var spool = new SpoolFolder(Path.Combine(file, "below"), 10);
        using var bytes = new Spool(spool);
        FluentActions.Invoking(() => bytes.Append(new byte[100])).Should().Throw<SpoolException>().WithMessage("*below*Cdc:SpoolFolder*");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TransactionAssembler Assembler(long memoryBytes)
    {
        var assembler = RecordedLog.Assembler(new SourcePosition("mysql", "log.000001", 4, null), isMariaDb: false, new SpoolFolder(_folder, memoryBytes), isWanted: table => table.Name == "t");
        assembler.Accept(_log.FormatDescription());
        return assembler;
    }

    private static void Feed(TransactionAssembler assembler, params byte[][] events)
    {
        foreach (var data in events)
        {
            assembler.Accept(data)?.Dispose();
        }
    }
}
