using Spectre.Console;

namespace Strangler.Cli.CommandLine;

/// <summary>Says what is being done and for how long: a moving line on a terminal, one line a step elsewhere.</summary>
internal sealed class Progress(IAnsiConsole console)
{
    /// <summary>A line that stays.</summary>
    public void Line(string text) => console.MarkupLineInterpolated($"{text}");

    public void Warn(string text) => console.MarkupLineInterpolated($"[yellow]{text}[/]");

    /// <summary>Runs a step under its name. The work may refine the text while it runs, as in "load the store: 12,000 of 50,000 products".</summary>
    public async Task<T> StepAsync<T>(string title, Func<Action<string>, Task<T>> work)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        T result;
        if (console.Profile.Capabilities.Interactive)
        {
            result = await console.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(title), async status =>
            {
                var detail = "";
                using var timer = TimeProvider.System.CreateTimer(
                    _ => status.Status = Markup.Escape($"{title}{detail} ({watch.Elapsed.TotalSeconds:0} s)"), null,
                    TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
                return await work(text => detail = $": {text}");
            });
        }
        else
        {
            console.WriteLine($"{title} ...");
            var last = TimeSpan.Zero;
            result = await work(text =>
            {
                // A log is read afterwards: a line every few seconds shows that it moved.
                if (watch.Elapsed - last > TimeSpan.FromSeconds(5))
                {
                    last = watch.Elapsed;
                    console.WriteLine($"{title}: {text}");
                }
            });
        }

        console.MarkupLineInterpolated($"[green]done[/] {title} ({watch.Elapsed.TotalSeconds:0.0} s)");
        return result;
    }

    public Task StepAsync(string title, Func<Action<string>, Task> work) => StepAsync(title, async report =>
    {
        await work(report);
        return true;
    });
}
