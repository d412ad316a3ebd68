using System.Text;

namespace Strangler.CdcSync.Binlog.Values;

/// <summary>Character sets of the servers: which one a collation number belongs to, and how its bytes become text.</summary>
internal static class CharacterSets
{
    public const string Binary = "binary";

    private const int FirstNoPad = 1024;
    private const int FirstUca1400 = 2048;
    private const int Uca1400PerSet = 256;

    private static readonly string[] Uca1400Sets = ["utf8mb3", "utf8mb4", "ucs2", "utf16", "utf32"];
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The character set of a collation by its number in the log; null when the number is not known.</summary>
    public static string? OfCollation(int collation) => collation switch
    {
        63 => Binary,
        33 or 76 or 83 or (>= 192 and <= 223) => "utf8mb3",
        45 or 46 or (>= 224 and <= 247) or (>= 255 and <= 323) => "utf8mb4",
        5 or 8 or 15 or 31 or 47 or 48 or 49 or 94 => "latin1",
        11 or 65 => "ascii",
        2 or 9 or 21 or 27 or 77 => "latin2",
        35 or 90 or (>= 128 and <= 151) or 159 => "ucs2",
        54 or 55 or (>= 101 and <= 124) => "utf16",
        56 or 62 => "utf16le",
        60 or 61 or (>= 160 and <= 183) => "utf32",
        26 or 34 or 44 or 66 or 99 => "cp1250",
        14 or 23 or 50 or 51 or 52 => "cp1251",
        57 or 67 => "cp1256",
        29 or 58 or 59 => "cp1257",
        7 or 74 => "koi8r",
        30 or 78 => "latin5",
        28 or 87 => "gbk",
        24 or 86 => "gb2312",
        1 or 84 => "big5",
        13 or 88 => "sjis",
        95 or 96 => "cp932",
        12 or 91 => "ujis",
        19 or 85 => "euckr",
        248 or 249 or 250 => "gb18030",
        >= FirstNoPad and < FirstUca1400 => OfCollation(collation - FirstNoPad),
        >= FirstUca1400 when (collation - FirstUca1400) / Uca1400PerSet < Uca1400Sets.Length => Uca1400Sets[(collation - FirstUca1400) / Uca1400PerSet],
        _ => null,
    };

    /// <summary>
    /// The bytes as text when that is certain to give the same bytes back in the same character set, else null. MySQL's latin1 is Windows-1252.
    /// </summary>
    public static string? TryDecode(string? characterSet, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return characterSet switch
            {
                "utf8mb4" or "utf8mb3" or "utf8" => StrictUtf8.GetString(bytes),
                "ascii" when Ascii.IsValid(bytes) => Encoding.ASCII.GetString(bytes),
                "latin1" => Latin1.GetString(bytes),
                _ => null,
            };
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static Encoding Latin1 { get; } = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
}
