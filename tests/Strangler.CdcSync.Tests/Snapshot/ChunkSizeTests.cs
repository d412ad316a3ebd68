using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Tests.Snapshot;

/// <summary>Chunks grow and shrink towards the time wished for, and never beyond their bounds.</summary>
public sealed class ChunkSizeTests
{
    private static readonly SnapshotOptions Options = new() { ChunkMilliseconds = 300, ChunkBytes = 8 * 1024 * 1024 };

    [Fact]
    public void Quick_chunks_grow_step_by_step_to_the_bound()
    {
        var size = new ChunkSize(Options, 50_000);
        size.Rows.Should().Be(1000);
        size.Learn(1000, 50_000, TimeSpan.FromMilliseconds(1));
        size.Rows.Should().Be(4000);
        size.Learn(4000, 200_000, TimeSpan.FromMilliseconds(4));
        size.Learn(16_000, 800_000, TimeSpan.FromMilliseconds(16));
        size.Rows.Should().Be(50_000);
    }

    [Fact]
    public void A_slow_chunk_is_followed_by_a_small_one()
    {
        var size = new ChunkSize(Options, 50_000);
        size.Learn(1000, 50_000, TimeSpan.FromSeconds(30));
        size.Rows.Should().Be(10);
    }

    [Fact]
    public void Large_rows_keep_chunks_small_however_quick_they_are()
    {
        var size = new ChunkSize(Options, 50_000);
        size.Learn(100, 100 * 1024 * 1024, TimeSpan.FromMilliseconds(1));
        size.Rows.Should().Be(10);
    }

    [Fact]
    public void An_empty_chunk_teaches_nothing()
    {
        var size = new ChunkSize(Options, 500);
        size.Learn(0, 0, TimeSpan.FromSeconds(9));
        size.Rows.Should().Be(500);
    }
}
