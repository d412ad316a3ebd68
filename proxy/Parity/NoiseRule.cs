namespace Strangler.Proxy.Parity;

/// <summary>
/// Whether a group of differences is what Magento also shows against itself. As Diffy reckons: a difference counts when it is seen more often between
/// the sides than between two answers of Magento, by a fifth of both together and by three in ten thousand of all.
/// </summary>
internal static class NoiseRule
{
    private const double Relative = 0.20;
    private const double Absolute = 0.0003;

    /// <param name="different">Pairs of both sides in which it was seen.</param>
    /// <param name="compared">Pairs of both sides.</param>
    /// <param name="noisy">Pairs of Magento's own answers in which it was seen.</param>
    /// <param name="noiseCompared">Pairs of Magento's own answers.</param>
    public static bool IsNoise(long different, long compared, long noisy, long noiseCompared)
    {
        if (noisy == 0 || compared == 0 || noiseCompared == 0)
        {
            return false;
        }

        var raw = different / (double)compared;
        var noise = noisy / (double)noiseCompared;
        return raw - noise <= Relative * (raw + noise) || raw - noise <= Absolute;
    }
}
