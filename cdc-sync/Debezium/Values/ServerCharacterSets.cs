using System.Text;

namespace Strangler.CdcSync.Debezium.Values;

/// <summary>
/// Messages hold every text as Unicode. Where a reader of the log passes on the bytes of a character set that it does not decode, those are
/// made again, so that both sources give the same value.
/// </summary>
internal static class ServerCharacterSets
{
    /// <summary>The encoding in which a column's value is held, null when it is held as text.</summary>
    public static Encoding? Bytes(string? characterSet) => characterSet switch
    {
        "ucs2" or "utf16" => Encoding.BigEndianUnicode,
        "utf16le" => Encoding.Unicode,
        "utf32" => new UTF32Encoding(bigEndian: true, byteOrderMark: false),
        "latin2" => Page(28592),
        "latin5" => Page(28599),
        "greek" => Page(28597),
        "hebrew" => Page(28598),
        "cp1250" => Page(1250),
        "cp1251" => Page(1251),
        "cp1256" => Page(1256),
        "cp1257" => Page(1257),
        "koi8r" => Page(20866),
        "koi8u" => Page(21866),
        "cp850" => Page(850),
        "cp852" => Page(852),
        "cp866" => Page(866),
        "gbk" => Page(936),
        "gb2312" => Page(936),
        "big5" => Page(950),
        "sjis" or "cp932" => Page(932),
        "ujis" or "eucjpms" => Page(51932),
        "euckr" => Page(949),
        _ => null,
    };

    private static Encoding? Page(int page) => CodePagesEncodingProvider.Instance.GetEncoding(page);
}
