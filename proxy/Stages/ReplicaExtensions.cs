using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace Strangler.Proxy.Stages;

/// <summary>What replicas need to hear of each other.</summary>
internal static class ReplicaExtensions
{
    public static void AddReplicas(this IServiceCollection services)
    {
        services.AddOptions<ReplicaOptions>().BindConfiguration(ReplicaOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReplicaOptions>, ReplicaOptionsValidator>();
        services.AddSingleton<ReplicaStore>();
        services.AddSingleton<ReplicaLease>();
        services.AddSingleton<ReplicaConfirmation>();
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ReplicaJson.Default));
    }
}

/// <summary>Body of a removal.</summary>
public sealed record ForgetRequest(string? Reason);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReplicasView))]
[JsonSerializable(typeof(ConfirmationView))]
[JsonSerializable(typeof(ForgetRequest))]
internal sealed partial class ReplicaJson : JsonSerializerContext;
