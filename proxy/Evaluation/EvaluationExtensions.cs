using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Control;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Evidence.Packs;
using Strangler.Proxy.Evidence.Shop;
using Strangler.Proxy.Gates;
using Strangler.Proxy.Ramps;
using Strangler.ServiceDefaults;

namespace Strangler.Proxy.Evaluation;

/// <summary>Evidence, gates, ramps and the evaluator, as one call.</summary>
internal static class EvaluationExtensions
{
    public static void AddEvaluation(this IServiceCollection services)
    {
        services.AddOptions<EvaluationOptions>().BindConfiguration("Evaluation").ValidateOnStart();
        services.AddSingleton<IValidateOptions<EvaluationOptions>, EvaluationOptionsValidator>();
        services.TryAddSingleton<IParityEvidence, NoParityEvidence>();
        services.TryAddSingleton<IRehearsalEvidence, NoRehearsalEvidence>();
        services.AddSingleton<EvidenceStore>();
        services.AddSingleton<EvidenceReader>();
        services.AddSingleton<EvidenceWriter>();
        services.AddSupervisedService<EvidenceWriter>();
        services.AddSingleton<ShopEventPatterns>();
        services.AddSingleton<PackSigner>();
        services.AddSingleton<PackStore>();
        services.AddSingleton<PositionsReader>();
        services.AddSingleton<GateKeeper>();
        services.AddSingleton<StageMover>();
        services.AddSingleton<StageChanger>();
        services.AddSingleton<RampStore>();
        services.AddSingleton<RampViews>();
        services.AddSingleton<RampDriver>();
        services.AddSingleton<LeaderLease>();
        services.AddSingleton<Evaluator>();
        services.AddSupervisedService<Evaluator>();
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, GateJson.Default);
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, PackJson.Default);
        });
    }

    /// <summary>The routes of evidence, gates and ramps.</summary>
    public static void MapEvaluation(this IEndpointRouteBuilder routes)
    {
        routes.MapGates();
        routes.MapRamps();
        routes.MapEvidence();
    }
}
