using System.IO.Compression;
using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Tests.Support;

/// <summary>Log files of the shared data, read as transactions.</summary>
internal static class RecordedLog
{
    public static byte[] Bytes(params string[] path)
    {
        var file = RepositoryPaths.RequireShared(path);
        if (!file.EndsWith(".gz", StringComparison.Ordinal))
        {
            return File.ReadAllBytes(file);
        }

        using var compressed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        compressed.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static List<ChangeTransaction> Transactions(byte[] file, ITableCatalog? catalog = null, Func<TableName, bool>? isWanted = null)
    {
        var transactions = new List<ChangeTransaction>();
        TransactionAssembler? assembler = null;
        foreach (var data in BinlogFileReader.Read(file))
        {
            assembler ??= Assembler(data, catalog, isWanted);
            if (assembler.Accept(data) is { } transaction)
            {
                transactions.Add(transaction);
            }
        }

        return transactions;
    }

    public static TransactionAssembler Assembler(ReadOnlyMemory<byte> formatDescription, ITableCatalog? catalog = null, Func<TableName, bool>? isWanted = null)
    {
        var decoder = new EventDecoder(hasChecksums: false);
        var format = (FormatDescription)decoder.Decode(formatDescription).Event;
        var from = new SourcePosition(format.IsMariaDb ? "mariadb" : "mysql", "mysql-bin.000003", 4, null);
        return Assembler(from, format.IsMariaDb, new SpoolFolder(Path.GetTempPath(), 16 * 1024 * 1024), catalog, isWanted);
    }

    public static TransactionAssembler Assembler(
        SourcePosition from, bool isMariaDb, SpoolFolder spool, ITableCatalog? catalog = null, Func<TableName, bool>? isWanted = null) =>
        new(from, isWanted ?? (_ => true), catalog ?? new NoCatalog(), new EventDecoder(hasChecksums: false), isMariaDb, spool, new PreparedTransactions(), null);

    private sealed class NoCatalog : ITableCatalog
    {
        public TableDefinition? Find(TableName table) => null;

        public IEnumerable<TableName> Tables => [];

        public IEnumerable<TableName> ChangedWith(TableName table) => [];

        public SourcePosition? ReadBefore => null;
    }
}
