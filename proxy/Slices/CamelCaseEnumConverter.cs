using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strangler.Proxy.Slices;

/// <summary>An enum as a camel-case word in JSON; numbers are not taken.</summary>
public sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
