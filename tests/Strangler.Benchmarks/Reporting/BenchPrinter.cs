using System.Globalization;

namespace Strangler.Benchmarks.Reporting;

/// <summary>Prints a bench's lines as JSON, one a line, or as a table.</summary>
internal static class BenchPrinter
{
    public static void Print(IEnumerable<BenchLine> lines, bool json, TextWriter output)
    {
        foreach (var line in lines)
        {
            output.WriteLine(json ? line.ToJson() : Row(line));
        }
    }

    private static string Row(BenchLine line)
    {
        var peers = line.Peers.Select(peer => string.Create(CultureInfo.InvariantCulture,
            $"{peer.Key} {peer.Value:0.##} (x{line.Ratio[peer.Key]:0.00})"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{line.Case,-28} {line.Metric,-9} ours {line.Ours:0.##} {line.Unit}   {string.Join("   ", peers)}   [{line.Runs} runs]");
    }
}
