using Strangler.Proxy.Evidence;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.Shadowing;

/// <summary>Where comparisons put what they find, and what is known of noise there.</summary>
internal interface IFindings
{
    /// <summary>Whether Magento shows this difference against itself.</summary>
    bool IsNoise(string slice, Difference difference);

    /// <summary>A pair of both sides, and whether any of what differs counts.</summary>
    void Compared(string slice, string request, IReadOnlyList<Difference> differences, bool isDifferent);

    /// <summary>A pair of Magento's own answers.</summary>
    void ComparedWithItself(string slice, IReadOnlyList<Difference> differences);

    /// <summary>A difference that was gone when both were asked at one known position.</summary>
    void Raced(string slice);

    /// <summary>A pair without a whole answer of both sides.</summary>
    void Uncomparable(string slice);

    /// <summary>The service left the request to Magento.</summary>
    void Declined(string slice);

    /// <summary>The service has answered, or failed to.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="latency">How long it took.</param>
    /// <param name="isError">It failed.</param>
    void Answered(string slice, ShadowRequest request, TimeSpan latency, bool isError);
}

/// <summary>The slice's own findings: over all replicas in the control database, and as evidence for its gates.</summary>
internal sealed class SliceFindings(ParityBook book, ParityKeeper keeper, EvidenceRecorder evidence) : IFindings
{
    public bool IsNoise(string slice, Difference difference) => keeper.IsNoise(slice, difference);

    public void Compared(string slice, string request, IReadOnlyList<Difference> differences, bool isDifferent)
    {
        book.Compared(slice, request, differences, isDifferent);
        evidence.Count(slice, Side.Extracted, EvidenceMetric.Compared);
        if (isDifferent)
        {
            evidence.Count(slice, Side.Extracted, EvidenceMetric.Different);
        }
        else if (differences.Count > 0)
        {
            evidence.Count(slice, Side.Extracted, EvidenceMetric.Noisy);
        }
    }

    public void ComparedWithItself(string slice, IReadOnlyList<Difference> differences) => book.ComparedWithItself(slice, differences);

    public void Raced(string slice) => book.Raced(slice);

    public void Uncomparable(string slice) => book.Uncomparable(slice);

    public void Declined(string slice)
    {
    }

    // What the service says is recorded as its speed and errors too, before a single shopper sees it.
    public void Answered(string slice, ShadowRequest request, TimeSpan latency, bool isError)
    {
        evidence.Answer(slice, Side.Extracted, latency, isError);
        if (isError)
        {
            evidence.Failed(slice, Side.Extracted, request.Method, request.Target);
        }
    }
}
