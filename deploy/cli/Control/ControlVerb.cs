using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Running;

namespace Strangler.Cli.Control;

/// <summary>A verb that asks the control API: where it is, with which key, and the answer for people or as JSON.</summary>
internal sealed class ControlVerb(CliContext context)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<bool> _json = new("--json") { Description = "As JSON, as the control API gave it." };
    private readonly Option<Uri?> _control = new("--control")
    {
        Description = "The control API's address (STRANGLER_CONTROL); else the one that up has started.",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            {
                return uri;
            }

            result.AddError($"--control takes an http or https address, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private readonly Option<string?> _key = new("--key") { Description = "The API key (STRANGLER_KEY).", HelpName = "KEY" };

    /// <param name="name">The verb.</param>
    /// <param name="description">For its help.</param>
    /// <param name="symbols">Its own arguments and options.</param>
    /// <param name="call">What it asks, and how the answer is told to people.</param>
    /// <param name="exitCode">The exit code that follows from the answer; 0 when not given.</param>
    public Command Create(
        string name, string description, Symbol[] symbols, Func<ControlClient, ParseResult, CancellationToken, Task<(JsonNode Answer, Action<JsonNode> Write)>> call,
        Func<JsonNode, int>? exitCode = null)
    {
        var command = new Command(name, description) { _json, _control, _key };
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else if (symbol is Option option)
            {
                command.Options.Add(option);
            }
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (answer, write) = await call(Client(parsed), parsed, cancellationToken);
            if (parsed.GetValue(_json))
            {
                await context.Output.WriteLineAsync(answer.ToJsonString(Indented));
                return exitCode?.Invoke(answer) ?? ExitCode.Done;
            }

            try
            {
                write(answer);
            }
            catch (Exception fault) when (fault is InvalidOperationException or FormatException)
            {
                throw new CliFault($"What came is not what the control API answers: {fault.Message}", fault);
            }

            return exitCode?.Invoke(answer) ?? ExitCode.Done;
        });
        return command;
    }

    private ControlClient Client(ParseResult parsed)
    {
        var given = parsed.GetValue(_control);
        if (given is null && context.Environment("STRANGLER_CONTROL") is { Length: > 0 } variable
            && !(Uri.TryCreate(variable, UriKind.Absolute, out given) && given.Scheme is "http" or "https"))
        {
            throw new CliFault($"STRANGLER_CONTROL is not an http or https address: '{variable}'.");
        }

        var state = given is null ? new RunStateStore(context.Repository).TryRead() : null;
        var address = given ?? new Uri(state?.ControlUrl ?? $"http://127.0.0.1:{Ports.Default.Control}/");
        // The key of this clone's own facade is no key for another one.
        var own = state is { Demo: false } ? RunSecrets.TryRead(context.Repository)?.ControlKey : null;
        return new ControlClient(context.Http, address.AbsoluteUri.EndsWith('/') ? address : new Uri($"{address.AbsoluteUri}/"), parsed.GetValue(_key) ?? context.Environment("STRANGLER_KEY") ?? own);
    }
}
