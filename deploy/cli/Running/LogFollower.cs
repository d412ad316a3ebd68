using System.Text;
using Spectre.Console;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Running;

/// <summary>Prints what processes write to their logs, each line under its process's name and colour.</summary>
internal sealed class LogFollower(CliContext context, IReadOnlyList<(string Name, string File)> logs, bool prefix)
{
    private static readonly string[] Colours = ["cyan", "green", "yellow", "magenta", "blue", "grey"];
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long[] _offsets = new long[logs.Count];
    private readonly int _width = logs.Count == 0 ? 0 : logs.Max(log => log.Name.Length);

    /// <summary>Prints the last lines of each log; what comes later is printed by <see cref="FollowAsync"/>.</summary>
    public void PrintTail(int lines)
    {
        for (var i = 0; i < logs.Count; i++)
        {
            var bytes = ReadFrom(i, 0);
            _offsets[i] = bytes.Length;
            var all = Encoding.UTF8.GetString(bytes).Split('\n');
            foreach (var line in all.Take(all.Length - 1).TakeLast(lines))
            {
                Print(i, line);
            }
        }
    }

    public void SkipToEnd()
    {
        for (var i = 0; i < logs.Count; i++)
        {
            _offsets[i] = File.Exists(logs[i].File) ? new FileInfo(logs[i].File).Length : 0;
        }
    }

    /// <summary>Follows until <paramref name="goOn"/> says no, or cancellation.</summary>
    public async Task FollowAsync(Func<bool> goOn, CancellationToken cancellationToken)
    {
        while (goOn())
        {
            PrintNew();
            await Task.Delay(Interval, context.Time, cancellationToken);
        }

        PrintNew();
    }

    public void PrintNew()
    {
        for (var i = 0; i < logs.Count; i++)
        {
            var bytes = ReadFrom(i, _offsets[i]);
            // Whole lines only; the rest of a line comes next time.
            var end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
            _offsets[i] += end;
            foreach (var line in Encoding.UTF8.GetString(bytes, 0, end).Split('\n').SkipLast(1))
            {
                Print(i, line);
            }
        }
    }

    private byte[] ReadFrom(int log, long offset)
    {
        try
        {
            using var file = new FileStream(logs[log].File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length < offset)
            {
                _offsets[log] = offset = 0;
            }

            file.Position = offset;
            var bytes = new byte[file.Length - offset];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (IOException)
        {
            return [];
        }
    }

    private void Print(int log, string line)
    {
        if (!prefix)
        {
            context.Output.WriteLine(line);
            return;
        }

        var colour = Colours[log % Colours.Length];
        context.WriteLine($"[{colour}]{Markup.Escape(logs[log].Name.PadRight(_width))}[/] ", line);
    }
}
