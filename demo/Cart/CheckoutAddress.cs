namespace Strangler.Demo.Cart;

/// <summary>Who pays and where it goes; one address for both.</summary>
internal sealed record CheckoutAddress(string Email, string FirstName, string LastName, string Street, string City, string Postcode, string CountryId, string Telephone, string? Region)
{
    /// <summary>The first thing that is missing, by its name.</summary>
    public string? FindMissing()
    {
        (string Name, string Value)[] parts =
        [
            ("email", Email), ("firstname", FirstName), ("lastname", LastName), ("street", Street), ("city", City), ("postcode", Postcode), ("country", CountryId), ("telephone", Telephone),
        ];
        return parts.FirstOrDefault(part => string.IsNullOrWhiteSpace(part.Value)).Name;
    }
}
