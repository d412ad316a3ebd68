using CsCheck;
using Strangler.Proxy.Evidence;

namespace Strangler.Proxy.Tests.Evidence;

public sealed class EvidenceCodecTests
{
    [Fact]
    public void AddTo_WhatWasWritten_IsTheSame() => Gen.Long[0, long.MaxValue].Array[0, 50].Sample(counts =>
    {
        var read = new long[counts.Length];
        EvidenceCodec.AddTo(EvidenceCodec.Write(counts), read);
        return read.SequenceEqual(counts);
    });

    [Fact]
    public void AddTo_CountsThatThisVersionDoesNotKnow_AreLeftOut()
    {
        var read = new long[2];

        EvidenceCodec.AddTo(EvidenceCodec.Write([1, 2, 3, 4]), read);

        read.Should().Equal(1, 2);
    }

    [Fact]
    public void AddTo_CutAnywhere_IsRefused_OrIsABeginning()
    {
        long[] counts = [300, 0, 70_000, 1];
        var bytes = EvidenceCodec.Write(counts);
        for (var length = 0; length < bytes.Length; length++)
        {
            var read = new long[counts.Length];
            try
            {
                EvidenceCodec.AddTo(bytes.AsSpan(0, length), read);
                read.Zip(counts).Should().OnlyContain(pair => pair.First == 0 || pair.First == pair.Second);
            }
            catch (FormatException)
            {
                // As it should be.
            }
        }
    }
}
