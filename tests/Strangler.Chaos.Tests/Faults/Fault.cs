using Strangler.Chaos.Tests.Load;

namespace Strangler.Chaos.Tests.Faults;

/// <summary>Something that goes wrong, and how it is put right again.</summary>
/// <param name="Name">For people and as the test's name.</param>
/// <param name="InjectAsync">Makes it go wrong.</param>
/// <param name="HealAsync">Puts it right; the system has to recover by itself.</param>
internal sealed record Fault(string Name, Func<ChaosWorld, CancellationToken, Task> InjectAsync, Func<ChaosWorld, CancellationToken, Task> HealAsync)
{
    /// <summary>What must be set up before.</summary>
    public Func<ChaosWorld, CancellationToken, Task> PrepareAsync { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>What a shopper would notice even without a facade.</summary>
    public Impairment Impairs { get; init; }

    /// <summary>Why it cannot be made here, or null.</summary>
    public Func<ChaosWorld, string?> Missing { get; init; } = _ => null;

    /// <summary>What it touches; two faults that touch the same are no pair.</summary>
    public string Touches { get; init; } = Name;
}
