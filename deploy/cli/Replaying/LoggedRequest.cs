namespace Strangler.Cli.Replaying;

/// <summary>One request of a log.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">From the slash on.</param>
/// <param name="Headers">Fields that the log knows.</param>
internal sealed record LoggedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers);

/// <summary>A line of a log that is no request.</summary>
/// <param name="File">Which log.</param>
/// <param name="Line">Which line, from 1.</param>
/// <param name="Why">What is wrong.</param>
/// <param name="Text">Its beginning.</param>
internal sealed record MalformedLine(string File, long Line, string Why, string Text);
