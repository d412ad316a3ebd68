using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NJsonSchema;
using NJsonSchema.Validation;
using Strangler.Proxy.Gates;
using Strangler.Proxy.Ramps;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Slices;

/// <summary>The text of the slice files and, once read, the catalog or every fault found in them.</summary>
/// <param name="Catalog">Null when there is any fault.</param>
/// <param name="Faults">One line each: file, place, what is wrong.</param>
internal sealed record SliceReadResult(SliceCatalog? Catalog, IReadOnlyList<string> Faults);

/// <summary>Reads slice declarations: JSON, the shipped schema, then the rules that a schema cannot say. Reports all faults at once.</summary>
internal sealed class SliceFileReader
{
    private readonly JsonSchema _schema;
    private readonly HashSet<string> _services;

    /// <param name="schemaText">The text of <c>slice.schema.json</c>.</param>
    /// <param name="services">Names that a slice's <c>service</c> may have.</param>
    public SliceFileReader(string schemaText, IEnumerable<string> services)
    {
        _schema = JsonSchema.FromJsonAsync(schemaText).GetAwaiter().GetResult();
        _services = services.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Reads files given as name (<c>catalog.product.get.json</c>) and text.</summary>
    public SliceReadResult Read(IReadOnlyDictionary<string, string> files)
    {
        var faults = new List<string>();
        var slices = new List<Slice>();
        foreach (var (name, text) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var config = ReadOne(name, text, faults);
            if (config is not null && slices.Any(slice => slice.Id == config.Id))
            {
                faults.Add($"{name}: the id '{config.Id}' is declared in another file too");
            }
            else if (config is not null)
            {
                slices.Add(new Slice(config, slices.Count));
            }
        }

        if (faults.Count > 0)
        {
            return new SliceReadResult(null, faults);
        }

        var catalog = new SliceCatalog(slices, Hash(files));
        return catalog.Matcher.Conflicts.Count > 0 ? new SliceReadResult(null, catalog.Matcher.Conflicts) : new SliceReadResult(catalog, []);
    }

    private SliceConfig? ReadOne(string name, string text, List<string> faults)
    {
        try
        {
            var violations = _schema.Validate(text);
            if (violations.Count > 0)
            {
                faults.AddRange(violations.Select(violation => $"{name}: {Describe(violation)}"));
                return null;
            }

            var config = JsonSerializer.Deserialize(text, SliceJson.Default.SliceConfig)!;
            var before = faults.Count;
            Check(name, config, faults);
            return faults.Count == before ? config : null;
        }
        catch (Exception fault) when (fault is JsonException or Newtonsoft.Json.JsonException)
        {
            faults.Add($"{name}: not valid JSON: {fault.Message}");
            return null;
        }
    }

    private void Check(string name, SliceConfig config, List<string> faults)
    {
        if (name != config.Id + ".json")
        {
            faults.Add($"{name}: the file must be called {config.Id}.json after the slice's id");
        }

        if (!_services.Contains(config.Service))
        {
            faults.Add($"{name}: service '{config.Service}' has no address: set Facade:Services:{config.Service} (known: {string.Join(", ", _services)})");
        }

        if (config.Freshness is { Mode: FreshnessMode.Bounded, Milliseconds: null })
        {
            faults.Add($"{name}: freshness 'bounded' needs 'milliseconds'");
        }

        faults.AddRange(GateRules.Faults(config).Concat(RampPlan.Faults(config.Ramp)).Select(fault => $"{name}: {fault}"));
        faults.AddRange(WritesRule.Faults(config).Select(fault => $"{name}: {fault}"));
        foreach (var match in config.Matches.Concat(config.Except ?? []))
        {
            _ = PathPattern.TryParse(match.Path, out var fault);
            if (fault is not null)
            {
                faults.Add($"{name}: path {fault}");
            }
        }
    }

    private static string Describe(ValidationError violation) =>
        $"{violation.Path ?? "#"}: {violation.Kind}{(violation.HasLineInfo ? $" (line {violation.LineNumber}, column {violation.LinePosition})" : "")}";

    private static string Hash(IReadOnlyDictionary<string, string> files)
    {
        var text = new StringBuilder();
        foreach (var (name, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append('\0').Append(content).Append('\0');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
