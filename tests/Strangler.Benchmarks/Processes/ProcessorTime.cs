using System.Diagnostics;
using System.Globalization;

namespace Strangler.Benchmarks.Processes;

/// <summary>Processor time of a process and all that it has started, as the system counts it.</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;
    private const int ParentField = 1;
    private const int UserField = 11;
    private const int SystemField = 12;

    public static TimeSpan OfTree(Process root)
    {
        var all = Directory.GetDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0).Select(id => (Id: id, Fields: Read(id))).Where(process => process.Fields.Length > SystemField).ToList();
        var tree = new HashSet<int> { root.Id };
        for (var size = 0; size < tree.Count;)
        {
            size = tree.Count;
            tree.UnionWith(all.Where(process => tree.Contains(Number(process.Fields[ParentField]))).Select(process => process.Id));
        }

        return TimeSpan.FromSeconds(all.Where(process => tree.Contains(process.Id)).Sum(process => Number(process.Fields[UserField]) + Number(process.Fields[SystemField])) / TicksPerSecond);
    }

    // Behind the name, which may have anything in it.
    private static string[] Read(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
