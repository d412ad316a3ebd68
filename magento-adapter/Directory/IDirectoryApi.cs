using System.Text.Json;
using Refit;

namespace Strangler.MagentoAdapter.Directory;

/// <summary>Countries and currencies; anonymous callers may ask.</summary>
public interface IDirectoryApi
{
    [Get("/rest/{storeCode}/V1/directory/currency")]
    Task<ApiResponse<Currency>> GetCurrencyAsync(string storeCode, CancellationToken cancellationToken);

    [Get("/rest/{storeCode}/V1/directory/countries")]
    Task<ApiResponse<IReadOnlyList<Country>>> GetCountriesAsync(string storeCode, CancellationToken cancellationToken);

    [Get("/rest/{storeCode}/V1/directory/countries/{countryId}")]
    Task<ApiResponse<Country>> GetCountryAsync(string storeCode, string countryId, CancellationToken cancellationToken);
}

/// <summary>A country; the names are absent where the server's ICU data has none.</summary>
public sealed record Country(string Id, string? TwoLetterAbbreviation, string? ThreeLetterAbbreviation)
{
    public string? FullNameLocale { get; init; }

    public string? FullNameEnglish { get; init; }

    public IReadOnlyList<Region>? AvailableRegions { get; init; }

    public JsonElement? ExtensionAttributes { get; init; }
}

/// <summary>A region. Its id is a number in a string.</summary>
public sealed record Region(string Id, string Code, string Name)
{
    public JsonElement? ExtensionAttributes { get; init; }
}

public sealed record Currency(string BaseCurrencyCode, string DefaultDisplayCurrencyCode)
{
    public string? BaseCurrencySymbol { get; init; }

    public string? DefaultDisplayCurrencySymbol { get; init; }

    public IReadOnlyList<string>? AvailableCurrencyCodes { get; init; }

    public IReadOnlyList<ExchangeRate>? ExchangeRates { get; init; }

    public JsonElement? ExtensionAttributes { get; init; }
}

public sealed record ExchangeRate(string CurrencyTo, decimal Rate)
{
    public JsonElement? ExtensionAttributes { get; init; }
}
