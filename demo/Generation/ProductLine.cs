namespace Strangler.Demo.Generation;

/// <summary>A kind of thing the shop sells: how it is called, where it hangs, what it costs and how its picture is drawn.</summary>
internal sealed record ProductLine(
    string Code,
    string Noun,
    string GermanNoun,
    int Category,
    int LowestPrice,
    int HighestPrice,
    decimal Weight,
    string Glyph,
    string[] Variants,
    string[] GermanVariants,
    string[] Facts);

/// <summary>All lines, by how the generator uses them.</summary>
internal static class ProductLines
{
    public static readonly ProductLine[] Gear =
    [
        new("TNT", "Tent", "Zelt", 4, 129, 689, 2.4m, "tent", ["2-Person", "3-Person", "Ultralight", "Four-Season"], ["2-Personen", "3-Personen", "Ultraleicht", "Vierjahreszeiten"],
            ["Freestanding aluminium poles, colour coded for cold hands", "3,000 mm water column on the fly, 5,000 mm on the floor", "Two porches that keep boots and stove out of the rain"]),
        new("BAG", "Sleeping Bag", "Schlafsack", 5, 79, 459, 1.1m, "sleepingbag", ["Down", "Synthetic", "Summer", "Winter"], ["Daunen", "Kunstfaser", "Sommer", "Winter"],
            ["Comfort rating tested by an independent laboratory", "Zip baffle and draught collar stop cold spots", "Packs into the supplied compression sack"]),
        new("PCK", "Backpack", "Rucksack", 6, 49, 279, 1.3m, "backpack", ["22 L", "34 L", "48 L", "65 L"], ["22 L", "34 L", "48 L", "65 L"],
            ["Ventilated back panel with an adjustable torso length", "Hip belt that carries the load, not the shoulders", "Rain cover in its own pocket"]),
        new("STV", "Stove", "Kocher", 7, 29, 189, 0.4m, "stove", ["Gas", "Multi-Fuel", "Alpine", "Compact"], ["Gas", "Mehrstoff", "Alpin", "Kompakt"],
            ["Boils a litre in under four minutes at sea level", "Pot supports that fold flat", "Regulated valve for an even flame in the cold"]),
        new("POT", "Cook Set", "Kochset", 7, 24, 119, 0.6m, "pot", ["Titanium", "Hard-Anodised", "Solo", "Family"], ["Titan", "Hartanodisiert", "Solo", "Familien"],
            ["Graduated inside, with a strainer lid", "Nests around a small gas canister", "Handles stay cool and lock for transport"]),
        new("LMP", "Headlamp", "Stirnlampe", 8, 19, 129, 0.1m, "lamp", ["200 lm", "400 lm", "700 lm", "Rechargeable"], ["200 lm", "400 lm", "700 lm", "Akku"],
            ["Red light mode that keeps night vision", "Lock switch against going on inside the pack", "Sealed against rain from all sides"]),
        new("ROP", "Rope", "Seil", 10, 89, 289, 3.7m, "rope", ["60 m", "70 m", "80 m", "Half"], ["60 m", "70 m", "80 m", "Halb"],
            ["Dry-treated core and sheath", "Middle mark that does not wash out", "Nine falls at certification"]),
        new("HRN", "Harness", "Klettergurt", 11, 45, 149, 0.4m, "harness", ["Sport", "Alpine", "Trad", "Junior"], ["Sport", "Alpin", "Trad", "Junior"],
            ["Four reinforced gear loops", "Leg loops that open with gloves on", "Weight spread over the whole width of the webbing"]),
        new("HLM", "Helmet", "Helm", 11, 49, 139, 0.25m, "helmet", ["Light", "Hybrid", "Ski-Mountaineering", "Kids"], ["Leicht", "Hybrid", "Skibergsteiger", "Kinder"],
            ["Hard shell on top, foam where it counts", "Headlamp clips front and rear", "One-hand adjustment at the back"]),
        new("CAR", "Carabiner", "Karabiner", 12, 8, 39, 0.05m, "carabiner", ["Screwgate", "Wiregate", "Twistlock", "HMS"], ["Schraub", "Draht", "Twistlock", "HMS"],
            ["Hot-forged for strength where the rope runs", "Keylock nose that does not snag", "Individually inspected and numbered"]),
        new("PDL", "Paddle", "Paddel", 21, 59, 259, 0.9m, "paddle", ["Carbon", "Fibreglass", "Touring", "SUP"], ["Carbon", "Fiberglas", "Touren", "SUP"],
            ["Blade angle adjustable without tools", "Oval shaft for a sure grip", "Takes apart for the back of the car"]),
        new("SKI", "Touring Ski", "Tourenski", 22, 299, 799, 2.9m, "ski", ["82", "88", "95", "104"], ["82", "88", "95", "104"],
            ["Paulownia core, light on the way up", "Rocker at the tip for deep snow", "Notch for every common skin"]),
        new("BTL", "Bottle", "Trinkflasche", 7, 12, 49, 0.3m, "bottle", ["0.5 L", "0.75 L", "1 L", "Insulated"], ["0,5 L", "0,75 L", "1 L", "Isolier"],
            ["Stainless steel, free of any coating inside", "Wide mouth that takes ice and a brush", "Lid that can be done up with gloves on"]),
        new("BNE", "Beanie", "Mütze", 15, 19, 59, 0.1m, "beanie", ["Merino", "Ribbed", "Lined", "Thin"], ["Merino", "Ripp", "Gefütterte", "Dünne"],
            ["Fits under a helmet", "Knitted in one piece, without a seam", "Merino from farms we have visited"]),
        new("SCK", "Hiking Socks", "Wandersocken", 18, 12, 39, 0.1m, "sock", ["Light", "Cushioned", "Winter", "Liner"], ["Leicht", "Gepolstert", "Winter", "Liner"],
            ["Left and right are knitted differently", "Toe closed by hand", "Darned for free as long as there is something to darn"]),
        new("GLV", "Gloves", "Handschuhe", 14, 29, 149, 0.2m, "glove", ["Touring", "Work", "Down", "Liner"], ["Touren", "Arbeits", "Daunen", "Liner"],
            ["Palm of goat leather", "Cuff that goes over or under a sleeve", "Loops against losing one"]),
        new("RNV", "Running Vest", "Laufweste", 19, 69, 179, 0.3m, "backpack", ["5 L", "8 L", "12 L", "Race"], ["5 L", "8 L", "12 L", "Race"],
            ["Two soft flasks in front", "Does not bounce, even half full", "Pole loops that are reached on the move"]),
    ];

    public static readonly ProductLine[] Apparel =
    [
        new("JKT", "Shell Jacket", "Hardshelljacke", 14, 129, 449, 0.5m, "jacket", ["3-Layer", "Light", "Storm", "Trail"], ["3-Lagen", "Leicht", "Sturm", "Trail"],
            ["Taped throughout, with pit zips that run long", "Hood that takes a helmet and still turns with the head", "PFC-free water repellency"]),
        new("FLC", "Fleece", "Fleecejacke", 15, 59, 169, 0.4m, "shirt", ["Grid", "Hooded", "Half-Zip", "Heavy"], ["Grid", "Kapuzen", "Half-Zip", "Warm"],
            ["Recycled polyester, brushed inside", "Flat seams under a pack", "Thumb loops at the cuffs"]),
        new("TRS", "Trousers", "Hose", 16, 69, 219, 0.4m, "trousers", ["Stretch", "Convertible", "Softshell", "Winter"], ["Stretch", "Zip-Off", "Softshell", "Winter"],
            ["Articulated knees for high steps", "Belt that lies flat under a harness", "Reinforced at the hem against crampons"]),
        new("BTS", "Hiking Boot", "Wanderstiefel", 18, 119, 329, 1.2m, "shoe", ["Mid", "High", "Leather", "Winter"], ["Mid", "High", "Leder", "Winter"],
            ["Sole that can be replaced", "Waterproof membrane that still breathes", "Lasted for real feet, in half sizes"]),
        new("RUN", "Trail Shoe", "Trailschuh", 19, 89, 189, 0.6m, "shoe", ["Race", "Ultra", "Mud", "Daily"], ["Race", "Ultra", "Matsch", "Täglich"],
            ["6 mm lugs for wet ground", "Rock plate under the forefoot", "Lace pocket that keeps the ends away"]),
    ];

    public static readonly ProductLine[] Services =
    [
        new("WSH", "Workshop", "Kurs", 24, 49, 249, 0m, "ticket", ["Navigation", "Avalanche Safety", "First Aid", "Lead Climbing"], ["Navigations", "Lawinen", "Erste-Hilfe", "Vorstiegs"],
            ["One day, at most eight people", "Taught by state-certified guides", "Material is lent free of charge"]),
        new("SVC", "Care Plan", "Pflegepaket", 24, 19, 89, 0m, "ticket", ["Ski Waxing", "Boot Resoling", "Jacket Proofing", "Tent Repair"], ["Skiwachs", "Neubesohlungs", "Imprägnier", "Zeltreparatur"],
            ["Valid for twelve months", "Postage both ways included", "Done in our own workshop"]),
    ];

    public static readonly ProductLine[] Downloads =
    [
        new("MAP", "Route Map", "Tourenkarte", 25, 6, 19, 0m, "map", ["Hut-to-Hut", "Coast", "Ridge", "Forest"], ["Hütten", "Küsten", "Grat", "Wald"],
            ["GPX track and printable map", "Water, huts and escape routes marked", "Updated once a year, free for buyers"]),
        new("PLN", "Training Plan", "Trainingsplan", 25, 9, 29, 0m, "map", ["8-Week", "12-Week", "Beginner", "Alpine"], ["8-Wochen", "12-Wochen", "Einsteiger", "Alpin"],
            ["Week by week, as PDF and calendar file", "Strength, endurance and rest in balance", "Written by a sports physiologist"]),
    ];

    public static IEnumerable<ProductLine> All => [.. Gear, .. Apparel, .. Services, .. Downloads];
}
