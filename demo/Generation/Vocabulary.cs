namespace Strangler.Demo.Generation;

/// <summary>The words of the shop.</summary>
internal static class Vocabulary
{
    public static readonly string[] Series =
    [
        "Kestrel", "Cairn", "Arran", "Lynx", "Tarn", "Solstice", "Basalt", "Heron", "Ridgeway", "Fjell", "Larch", "Osprey", "Moraine", "Juniper", "Skerry", "Tramontane",
        "Granite", "Alder", "Merlin", "Saltire", "Bothy", "Cirrus", "Dipper", "Esker", "Firn", "Gannet", "Hollow", "Ibex", "Jura", "Karst", "Lomond", "Marmot Hill",
        "Nunatak", "Orchil", "Petrel", "Quartz", "Rannoch", "Sastrugi", "Torridon", "Upland", "Vesper", "Whinfell", "Yarrow", "Zephyr", "Brae", "Corrie", "Drift", "Eider",
        "Foxglove", "Glacier", "Hazel", "Icefall", "Jackdaw", "Kittiwake", "Loch", "Mistral", "Northgate", "Otter", "Plover", "Quarry", "Raven", "Sorrel", "Tundra", "Umber",
    ];

    public static readonly Swatch[] Colors =
    [
        new("Forest", "Waldgrün", "#2f6b4f"), new("Slate", "Schiefer", "#4b5a67"), new("Ochre", "Ocker", "#c98a2b"), new("Glacier", "Gletscher", "#5b9bb5"),
        new("Rust", "Rost", "#b5502f"), new("Plum", "Pflaume", "#6d4566"), new("Sand", "Sand", "#b9a27f"), new("Night", "Nacht", "#26324a"),
    ];

    public static readonly string[] Sizes = ["XS", "S", "M", "L", "XL"];

    public static readonly string[] Materials = ["Ripstop nylon", "Recycled polyester", "Merino wool", "Aluminium", "Titanium", "Full-grain leather", "Stainless steel", "Carbon fibre"];

    public static readonly string[] Activities = ["Hiking", "Camping", "Climbing", "Trail running", "Ski touring", "Paddling", "Travel"];

    public static readonly string[] Formats = ["PDF", "GPX"];

    public static readonly string[] Openings =
    [
        "Made for people who go out anyway.", "The one our own staff take along.", "Light enough to forget, sturdy enough to rely on.", "Built to be repaired, not replaced.",
        "Simple where it can be, clever where it has to be.", "Tried for two seasons before it came into the shop.",
    ];

    public static readonly string[] GermanOpenings =
    [
        "Für alle, die trotzdem rausgehen.", "Das nimmt auch unser eigenes Team mit.", "Leicht genug zum Vergessen, robust genug zum Verlassen.", "Zum Reparieren gebaut, nicht zum Wegwerfen.",
        "Einfach, wo es geht, durchdacht, wo es muss.", "Zwei Saisons getestet, bevor es in den Laden kam.",
    ];

    public static readonly string[] Closings =
    [
        "Five-year guarantee, lifetime repair service.", "Spare parts are always in stock.", "Comes in a box without plastic.", "Weighed by us, not by the catalogue.",
    ];
}

/// <summary>A colour by its names and its value.</summary>
internal sealed record Swatch(string Name, string GermanName, string Hex);
