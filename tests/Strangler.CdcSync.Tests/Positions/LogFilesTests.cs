using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Positions;

namespace Strangler.CdcSync.Tests.Positions;

public sealed class LogFilesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly LogFiles Files = new(
        [new("bin.000008", 1000, Now.AddHours(-10)), new("bin.000009", 2000, Now.AddHours(-6)), new("bin.000010", 500, Now.AddHours(-1))], TimeSpan.FromHours(24), null);

    [Fact]
    public void Bytes_are_counted_across_files()
    {
        Files.BytesBetween(At("bin.000008", 400), At("bin.000010", 300)).Should().Be(600 + 2000 + 300);
        Files.BytesBetween(At("bin.000009", 400), At("bin.000009", 300)).Should().Be(0, "the end was seen before the last batch");
        Files.BytesBetween(At("bin.000007", 400), At("bin.000010", 300)).Should().BeNull("a file between is gone");
    }

    [Theory]
    [InlineData("bin.000008", 18)]
    [InlineData("bin.000009", 23)]
    [InlineData("bin.000010", 24)]
    [InlineData("bin.000007", 0)]
    public void A_file_is_kept_so_long_after_its_last_write(string needed, double hours) => Files.Of(needed, Now)!.HoursLeft.Should().Be(hours);

    [Fact]
    public void A_bound_of_size_counts_too_and_without_bounds_nothing_is_removed()
    {
        // 3,500 bytes in ten hours; from the needed file on there are 2,500, and 700 more may come.
        (Files with { Expires = null, MaximumBytes = 3200 }).Of("bin.000009", Now)!.HoursLeft.Should().Be(2);
        (Files with { Expires = null }).Of("bin.000009", Now)!.HoursLeft.Should().BeNull();
    }

    private static SourcePosition At(string file, long offset) => new("mariadb", file, offset, null);
}
