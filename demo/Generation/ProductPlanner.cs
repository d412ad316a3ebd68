namespace Strangler.Demo.Generation;

/// <summary>
/// Plans the product with a given id, from the seed alone. Products come in blocks of fifty: single articles, a service, a
/// download, a configurable with its twelve variants, a group with its members and a bundle. Every table asks again, so
/// nothing is held in memory, whatever the number of products.
/// </summary>
internal sealed class ProductPlanner(int seed, int count)
{
    private const int BlockSize = 50;
    private const int ServiceSlot = 30;
    private const int DownloadSlot = 31;
    private const int FirstVariant = 32;
    private const int Configurable = 44;
    private const int FirstMember = 45;
    private const int Group = 48;
    private const int Bundle = 49;

    /// <summary>Colours and sizes of a configurable: three by four variants.</summary>
    private const int SizesPerColor = 4;

    private static readonly int[] BundleSlots = [0, 1, 2, 4, 5, 6];

    private readonly Dice _dice = new((ulong)seed);

    public int Count => count;

    public IEnumerable<ProductPlan> All() => Enumerable.Range(1, count).Select(Plan);

    public ProductPlan Plan(int id)
    {
        var block = (id - 1) / BlockSize;
        var slot = (id - 1) % BlockSize;
        var complete = (block + 1) * BlockSize <= count;
        return slot switch
        {
            ServiceSlot => PlanIntangible(id, "virtual", ProductLines.Services[block % ProductLines.Services.Length], StoreIds.GearSet),
            DownloadSlot => PlanIntangible(id, "downloadable", ProductLines.Downloads[block % ProductLines.Downloads.Length], StoreIds.DownloadableSet),
            >= FirstVariant and < Configurable when complete => PlanVariant(id, block, slot - FirstVariant),
            Configurable when complete => PlanConfigurable(id, block),
            Group when complete => PlanGroup(id, block),
            Bundle when complete => PlanBundle(id, block),
            _ => PlanSimple(id, block, slot),
        };
    }

    private ProductPlan PlanSimple(int id, int block, int slot)
    {
        var dice = _dice.About(id, "simple");
        var line = ProductLines.Gear[(slot + block) % ProductLines.Gear.Length];
        var variant = dice.About(id, "variant").Next(line.Variants.Length);
        var series = SeriesOf(id);
        var price = PriceOf(id, line);
        var special = slot is 7 or 11 or 17;
        var odd = slot == 13 ? block % 4 : -1;
        var umlaut = slot == 19 && block % 4 == 0;
        var sku = odd == 3 ? $"{line.Code}/{id:00000}" : umlaut ? $"GRÖSSE-{id:00000}" : $"{line.Code}-{id:00000}";
        var name = umlaut ? $"{series} {line.Noun} „{line.GermanVariants[variant]}“" : $"{series} {line.Variants[variant]} {line.Noun}";
        return new ProductPlan
        {
            Id = id,
            TypeId = "simple",
            Line = line,
            Sku = sku,
            Name = name,
            GermanName = slot % 3 == 0 ? $"{series} {line.GermanVariants[variant]}-{line.GermanNoun}" : null,
            AttributeSetId = StoreIds.GearSet,
            Price = price,
            OutletPrice = slot % 5 == 0 ? Math.Round(price * 0.6m, 0) - 0.05m : null,
            SpecialPrice = special ? Math.Round(price * 0.8m, 0) - 0.1m : null,
            Weight = line.Weight,
            Enabled = odd != 0,
            Visibility = slot == 23 && block % 4 == 1 ? 1 : 4,
            Qty = odd == 1 ? 0 : odd == 2 ? 12.5m : dice.About(id, "qty").Next(180) + 5,
            InStock = odd != 1,
            QtyIsDecimal = odd == 2,
            InOutlet = slot % 5 == 0,
            CategoryIds = CategoriesOf(line, special),
            Color = dice.About(id, "color").Next(Vocabulary.Colors.Length),
            HasCustomOptions = slot == 3,
            HasTierPrices = slot is 9 or 21,
            Related = [.. Enumerable.Range(1, 4).Select(step => Neighbour(id, step * 3)).Where(other => other != id).Distinct()],
            PictureCount = 1 + dice.About(id, "pictures").Next(3),
        };
    }

    private ProductPlan PlanIntangible(int id, string type, ProductLine line, int set)
    {
        var variant = _dice.About(id, "variant").Next(line.Variants.Length);
        return new ProductPlan
        {
            Id = id,
            TypeId = type,
            Line = line,
            Sku = $"{line.Code}-{id:00000}",
            Name = $"{SeriesOf(id)} {line.Variants[variant]} {line.Noun}",
            GermanName = $"{SeriesOf(id)} {line.GermanVariants[variant]}-{line.GermanNoun}",
            AttributeSetId = set,
            Price = PriceOf(id, line),
            Qty = type == "virtual" ? 200 : 0,
            ManageStock = type == "virtual",
            CategoryIds = CategoriesOf(line, false),
        };
    }

    private ProductPlan PlanVariant(int id, int block, int index)
    {
        var parent = PlanConfigurable(block * BlockSize + Configurable + 1, block);
        var color = VariantColor(block, index / SizesPerColor);
        var size = 1 + index % SizesPerColor;
        var name = $"{parent.Name}-{Vocabulary.Sizes[size]}-{Vocabulary.Colors[color].Name}";
        return new ProductPlan
        {
            Id = id,
            TypeId = "simple",
            Line = parent.Line,
            Sku = $"{parent.Sku}-{Vocabulary.Sizes[size]}-{Vocabulary.Colors[color].Name}",
            Name = name,
            AttributeSetId = StoreIds.ApparelSet,
            Price = PriceOf(parent.Id, parent.Line),
            Weight = parent.Line.Weight,
            Visibility = 1,
            Qty = _dice.About(id, "qty").Next(60),
            InStock = _dice.About(id, "qty").Next(60) > 0,
            CategoryIds = parent.CategoryIds,
            Color = color,
            Size = size,
        };
    }

    private ProductPlan PlanConfigurable(int id, int block)
    {
        var line = ProductLines.Apparel[block % ProductLines.Apparel.Length];
        var variant = _dice.About(id, "variant").Next(line.Variants.Length);
        return new ProductPlan
        {
            Id = id,
            TypeId = "configurable",
            Line = line,
            Sku = $"{line.Code}-{id:00000}",
            Name = $"{SeriesOf(id)} {line.Variants[variant]} {line.Noun}",
            GermanName = $"{SeriesOf(id)} {line.GermanVariants[variant]}-{line.GermanNoun}",
            AttributeSetId = StoreIds.ApparelSet,
            CategoryIds = CategoriesOf(line, false),
            Color = VariantColor(block, 0),
            Children = [.. Enumerable.Range(block * BlockSize + FirstVariant + 1, Configurable - FirstVariant)],
            Related = [Neighbour(id, BlockSize), Neighbour(id, -2)],
            PictureCount = 3,
        };
    }

    private ProductPlan PlanGroup(int id, int block)
    {
        int[] members = [.. Enumerable.Range(block * BlockSize + FirstMember + 1, Group - FirstMember)];
        var first = Plan(members[0]);
        return new ProductPlan
        {
            Id = id,
            TypeId = "grouped",
            Line = first.Line,
            Sku = $"SET-{id:00000}",
            Name = $"{SeriesOf(id)} Expedition Set",
            GermanName = $"{SeriesOf(id)} Expeditionsset",
            AttributeSetId = StoreIds.GearSet,
            CategoryIds = CategoriesOf(first.Line, false),
            Children = members,
            Color = first.Color,
        };
    }

    private ProductPlan PlanBundle(int id, int block)
    {
        var first = Plan(block * BlockSize + BundleSlots[0] + 1);
        return new ProductPlan
        {
            Id = id,
            TypeId = "bundle",
            Line = first.Line,
            Sku = $"KIT-{id:00000}",
            Name = $"{SeriesOf(id)} Starter Kit",
            GermanName = $"{SeriesOf(id)} Starterset",
            AttributeSetId = StoreIds.GearSet,
            CategoryIds = CategoriesOf(first.Line, false),
            Children = [.. BundleSlots.Select(slot => block * BlockSize + slot + 1)],
            Color = first.Color,
        };
    }

    private string SeriesOf(int id) => Vocabulary.Series[_dice.About(id, "series").Next(Vocabulary.Series.Length)];

    private decimal PriceOf(int id, ProductLine line) =>
        line.LowestPrice + _dice.About(id, "price").Next(line.HighestPrice - line.LowestPrice + 1) - (_dice.About(id, "cents").OneIn(3) ? 0.05m : 0m);

    private int VariantColor(int block, int number) => (_dice.About(block, "colors").Next(Vocabulary.Colors.Length) + number * 3) % Vocabulary.Colors.Length;

    private int Neighbour(int id, int step) => ((id - 1 + step) % count + count) % count + 1;

    private static int[] CategoriesOf(ProductLine line, bool sale)
    {
        var path = Categories.Path(line.Category).Skip(2);
        return sale ? [.. path, Categories.Sale] : [.. path];
    }
}
