using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Strangler.MagentoAdapter;

/// <summary>Where Magento's web API is, who calls it, and how patiently.</summary>
public sealed class MagentoAdapterOptions
{
    public const string Section = "Magento";

    /// <summary>The store's base address, such as <c>https://shop.example/</c>; a folder in its path is kept.</summary>
    [Required]
    public Uri? BaseAddress { get; set; }

    /// <summary>An integration's access token (or an admin token), sent as bearer; none for what anonymous callers may ask.</summary>
    public string? AccessToken { get; set; }

    /// <summary>The <c>Host</c> to send where it is not the address's own, as when the store is reached by an internal address.</summary>
    public string? Host { get; set; }

    /// <summary>All tries of one safe call together.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>One try of a safe call.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A write is sent once; this is how long it may take. Placing an order with many items is slow.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a safe call is tried again.</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 3;

    /// <summary>The wait before the first retry; it doubles, with jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The share of failed calls in <see cref="BreakerWindow"/> that opens the breaker.</summary>
    [Range(0.01, 1.0)]
    public double BreakerFailureRatio { get; set; } = 0.5;

    [Range(2, 10_000)]
    public int BreakerMinimumCalls { get; set; } = 10;

    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(30);

    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan BreakerOpenFor { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class MagentoAdapterOptionsValidator : IValidateOptions<MagentoAdapterOptions>;

/// <summary>The rules that concern more than one setting.</summary>
internal sealed class MagentoAdapterOptionsRules : IValidateOptions<MagentoAdapterOptions>
{
    public ValidateOptionsResult Validate(string? name, MagentoAdapterOptions options)
    {
        var faults = new List<string>();
        if (options.BaseAddress is { } address && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https")))
        {
            faults.Add($"{nameof(options.BaseAddress)} must be an absolute http or https address, not '{address}'.");
        }

        if (options.AttemptTimeout > options.TotalTimeout)
        {
            faults.Add($"{nameof(options.AttemptTimeout)} ({options.AttemptTimeout}) must not be longer than {nameof(options.TotalTimeout)} ({options.TotalTimeout}).");
        }

        if (options.AccessToken is { } token && token.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            faults.Add($"{nameof(options.AccessToken)} has a blank or a character that no token has.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
