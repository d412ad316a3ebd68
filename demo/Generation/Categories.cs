namespace Strangler.Demo.Generation;

/// <summary>A category of the demo's tree; <see cref="ParentId"/> 0 is the tree's root.</summary>
internal sealed record Category(int Id, int ParentId, int Position, string Name, string GermanName, bool IsActive = true)
{
    public string UrlKey => Slug.Of(Name);

    public string GermanUrlKey => Slug.Of(GermanName);
}

/// <summary>The category tree: one root, six departments, their leaves, and a sale.</summary>
internal static class Categories
{
    public const int Sale = 26;

    public static readonly Category[] All =
    [
        new(1, 0, 0, "Root Catalog", "Root Catalog"),
        new(2, 1, 1, "Default Category", "Default Category"),
        new(3, 2, 1, "Camp & Hike", "Camping & Wandern"),
        new(4, 3, 1, "Tents", "Zelte"), new(5, 3, 2, "Sleeping Bags", "Schlafsäcke"), new(6, 3, 3, "Backpacks", "Rucksäcke"),
        new(7, 3, 4, "Camp Kitchen", "Campingküche"), new(8, 3, 5, "Lighting", "Licht"),
        new(9, 2, 2, "Climb", "Klettern"),
        new(10, 9, 1, "Ropes", "Seile"), new(11, 9, 2, "Harnesses & Helmets", "Gurte & Helme"), new(12, 9, 3, "Hardware", "Hardware"),
        new(13, 2, 3, "Clothing", "Bekleidung"),
        new(14, 13, 1, "Jackets", "Jacken"), new(15, 13, 2, "Fleece & Base Layers", "Fleece & Unterwäsche"), new(16, 13, 3, "Trousers", "Hosen"),
        new(17, 2, 4, "Footwear", "Schuhe"),
        new(18, 17, 1, "Hiking Boots", "Wanderstiefel"), new(19, 17, 2, "Trail Running", "Trailrunning"),
        new(20, 2, 5, "Water & Snow", "Wasser & Schnee"),
        new(21, 20, 1, "Paddling", "Paddeln"), new(22, 20, 2, "Ski Touring", "Skitouren"),
        new(23, 2, 6, "Guides & Services", "Kurse & Service"),
        new(24, 23, 1, "Workshops & Care", "Kurse & Pflege"), new(25, 23, 2, "Maps & Plans", "Karten & Pläne"),
        new(26, 2, 7, "Sale", "Angebote"),
        new(27, 2, 8, "Archive", "Archiv", IsActive: false),
    ];

    private static readonly Dictionary<int, Category> ById = All.ToDictionary(category => category.Id);

    public static Category Get(int id) => ById[id];

    /// <summary>The ids from the tree's root down to the category itself.</summary>
    public static IReadOnlyList<int> Path(int id)
    {
        var path = new List<int>();
        for (var at = id; at != 0; at = ById[at].ParentId)
        {
            path.Insert(0, at);
        }

        return path;
    }

    /// <summary>The request path without suffix: the url keys below the store's root.</summary>
    public static string UrlPath(int id, bool german) =>
        string.Join('/', Path(id).Skip(2).Select(part => german ? ById[part].GermanUrlKey : ById[part].UrlKey));
}
