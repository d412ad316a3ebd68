using Strangler.Demo.Generation;
using Strangler.Demo.Identity;

namespace Strangler.Demo.Loading;

/// <summary>Customers with an address each, the administrator, and the integration.</summary>
internal sealed class CustomerTables(LoadSettings settings)
{
    private static readonly string[] FirstNames =
    [
        "Anna", "Ben", "Clara", "David", "Eva", "Finn", "Greta", "Hugo", "Ida", "Jonas", "Klara", "Leo", "Mia", "Noah", "Olga", "Paul", "Quentin", "Rosa", "Sven", "Tilda",
        "Ulla", "Viktor", "Wanda", "Xaver", "Yann",
    ];

    private static readonly string[] LastNames = ["Abel", "Brandt", "Carlsen", "Dahl", "Engel", "Frost", "Graf", "Holm", "Iversen", "Jung"];

    private static readonly (string City, string Street, string Postcode, string Country, int? Region, string? RegionName)[] Places =
    [
        ("Portland", "12 Alder Street", "97205", "US", 6, "Oregon"), ("Denver", "480 Larimer Street", "80202", "US", 2, "Colorado"),
        ("Seattle", "77 Pine Street", "98101", "US", 9, "Washington"), ("Berlin", "Wiesenweg 8", "10115", "DE", null, null), ("Bergen", "Fjellveien 3", "5014", "NO", null, null),
    ];

    public const int Named = 25;
    private const int Hashes = 4;

    private readonly Lazy<string>[] _hashes = [.. Enumerable.Range(0, Hashes).Select(index => new Lazy<string>(() => PasswordHash.Create(DemoCredentials.CustomerPassword, Salt(index))))];

    public IEnumerable<BulkTable> All() =>
    [
        BulkTable.ForEach("customer_entity", "entity_id,website_id,email,group_id,store_id,created_at,updated_at,is_active,created_in,firstname,lastname,password_hash,default_billing,default_shipping",
            Ids(), (row, id) => row.Int(id).Int(WebsiteOf(id)).Text(EmailOf(id)).Int(GroupOf(id)).Int(StoreOf(id)).Time(LoadSettings.Opened).Time(LoadSettings.Opened).Int(1)
                .Text(WebsiteOf(id) == StoreIds.OutletWebsite ? "Outlet" : "English").Text(FirstNameOf(id)).Text(LastNameOf(id)).Text(HashOf(id)).Int(id).Int(id).EndRow()),
        BulkTable.ForEach("customer_address_entity", "entity_id,parent_id,created_at,updated_at,is_active,city,country_id,firstname,lastname,postcode,region,region_id,street,telephone",
            Ids(), (row, id) =>
            {
                var (city, street, postcode, country, region, regionName) = Places[id % Places.Length];
                row.Int(id).Int(id).Time(LoadSettings.Opened).Time(LoadSettings.Opened).Int(1).Text(city).Text(country).Text(FirstNameOf(id)).Text(LastNameOf(id))
                    .Text(postcode).Text(regionName).Int(region).Text(street).Text("555-0100").EndRow();
            }),
        BulkTable.Fixed("admin_user", "user_id,firstname,lastname,email,username,password,created,modified,is_active",
            [[1, "Store", "Owner", "admin@example.com", DemoCredentials.AdminName, PasswordHash.Create(DemoCredentials.AdminPassword, Salt(1_000_001)), LoadSettings.Opened, LoadSettings.Opened, 1]]),
        BulkTable.Fixed("authorization_role", "role_id,parent_id,tree_level,sort_order,role_type,user_id,user_type,role_name",
            [[1, 0, 1, 1, "G", 0, "2", "Administrators"], [2, 1, 2, 0, "U", 1, "2", "admin"], [3, 0, 1, 0, "U", 1, "1", "11"]]),
        BulkTable.Fixed("authorization_rule", "rule_id,role_id,resource_id,permission", [[1, 1, "Magento_Backend::all", "allow"], [3, 3, "Magento_Backend::all", "allow"]]),
        BulkTable.Fixed("oauth_consumer", "entity_id,created_at,name,key,secret,rejected_callback_url",
            [[1, LoadSettings.Opened, "Integration1", DemoCredentials.ConsumerKey, DemoCredentials.ConsumerSecret, ""]]),
        BulkTable.Fixed("integration", "integration_id,name,email,status,consumer_id,created_at,updated_at,setup_type",
            [[1, "strangler", "integration@example.com", 1, 1, LoadSettings.Opened, LoadSettings.Opened, 0]]),
        BulkTable.Fixed("oauth_token", "entity_id,consumer_id,type,token,secret,callback_url,revoked,authorized,user_type,created_at",
            [[1, 1, "access", DemoCredentials.IntegrationToken, DemoCredentials.IntegrationTokenSecret, "oob", 0, 0, 1, LoadSettings.Opened]]),
    ];

    /// <summary>anna@ to yann@ on the main website, outa@ and outb@ on the outlet, then numbered ones.</summary>
    public static string EmailOf(int id) => id switch
    {
        <= Named => $"{FirstNames[id - 1].ToLowerInvariant()}@example.com",
        Named + 1 => "outa@example.com",
        Named + 2 => "outb@example.com",
        _ => $"customer{id}@example.com",
    };

    public static string FirstNameOf(int id) => FirstNames[(id - 1) % FirstNames.Length];

    public static string LastNameOf(int id) => LastNames[id % LastNames.Length];

    public static int StoreOf(int id) => WebsiteOf(id) == StoreIds.OutletWebsite ? StoreIds.Outlet : id % 6 == 0 ? StoreIds.German : StoreIds.Default;

    public static int GroupOf(int id) => id == 2 ? 2 : 1;

    public static (string City, string Street, string Postcode, string Country, int? Region, string? RegionName) PlaceOf(int id) => Places[id % Places.Length];

    private static int WebsiteOf(int id) => id is Named + 1 or Named + 2 ? StoreIds.OutletWebsite : StoreIds.BaseWebsite;

    private IEnumerable<int> Ids() => Enumerable.Range(1, settings.Customers);

    // The hash is slow by design; ten thousand of them would take longer than all products. Customers share a few.
    private string HashOf(int id) => _hashes[id % Hashes].Value;

    private static string Salt(int id)
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        var dice = new Dice(0x5A17).About(id, "salt");
        return string.Create(32, dice, static (salt, dice) =>
        {
            for (var index = 0; index < salt.Length; index++)
            {
                salt[index] = Letters[dice.About(index, "letter").Next(Letters.Length)];
            }
        });
    }
}
