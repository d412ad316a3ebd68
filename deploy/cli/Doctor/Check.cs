using System.Text.Json.Serialization;

namespace Strangler.Cli.Doctor;

[JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
internal enum Outcome
{
    [JsonStringEnumMemberName("pass")]
    Pass,
    [JsonStringEnumMemberName("warn")]
    Warn,
    [JsonStringEnumMemberName("fail")]
    Fail,
}

/// <summary>One line of doctor.</summary>
/// <param name="Name">What was looked at, such as <c>mysql.grants</c>.</param>
/// <param name="Fix">The command or statement that mends it; null when there is nothing to mend.</param>
internal sealed record Check(string Name, Outcome Outcome, string Finding, string? Fix = null)
{
    public static Check Pass(string name, string finding) => new(name, Outcome.Pass, finding);

    public static Check Warn(string name, string finding, string? fix = null) => new(name, Outcome.Warn, finding, fix);

    public static Check Fail(string name, string finding, string? fix = null) => new(name, Outcome.Fail, finding, fix);
}

/// <summary><c>doctor --json</c>.</summary>
internal sealed record DoctorReport(bool Fit, int Passed, int Warned, int Failed, IReadOnlyList<Check> Checks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;
