using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Binlog;

public sealed class SampleLogTests
{
    [Theory]
    [InlineData("binlog-samples/mysql-bin.aurora-padding")]
    [InlineData("binlog-samples/mysql-bin.checksum-crc32")]
    [InlineData("binlog-samples/mysql-bin.checksum-none")]
    [InlineData("binlog-samples/mysql-bin.compressed")]
    [InlineData("binlog-samples/mysql-bin.sakila.gz")]
    [InlineData("binlog-samples/mysqlcdc-sample.000001")]
    [InlineData("debezium/binlog/mariadb-10.11/mysql-bin.000003.gz")]
    [InlineData("debezium/binlog/mariadb-10.11/mysql-bin.000004")]
    [InlineData("debezium/binlog/mysql-9.7/mysql-bin.000003.gz")]
    public void A_sample_log_is_read_to_its_end(string path)
    {
        var transactions = RecordedLog.Transactions(RecordedLog.Bytes(path.Split('/')));
        transactions.Should().NotBeEmpty();
    }
}
