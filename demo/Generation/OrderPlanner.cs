using Strangler.Demo.Loading;

namespace Strangler.Demo.Generation;

/// <summary>Plans orders from the seed alone, as <see cref="ProductPlanner"/> does products.</summary>
internal sealed class OrderPlanner(int seed, ProductPlanner products, LoadSettings settings)
{
    private const int BlockSize = 50;

    private readonly Dice _dice = new(~(ulong)seed);

    public IEnumerable<OrderPlan> All() => Enumerable.Range(1, settings.Orders).Select(Plan);

    public OrderPlan Plan(int id)
    {
        var dice = _dice.About(id, "order");
        var store = id % 6 == 0 ? StoreIds.German : id % 6 == 5 ? StoreIds.Outlet : StoreIds.Default;
        int? customer = store == StoreIds.Outlet ? CustomerTables.Named + 1 + id % 2 : id % 4 == 0 ? null : 1 + dice.About(id, "customer").Next(CustomerTables.Named);
        var status = id % 17 == 0 ? "closed" : (id % 5) switch { 0 => "pending", 1 => "processing", 4 => "canceled", _ => "complete" };
        var lines = Enumerable.Range(0, 1 + dice.About(id, "lines").Next(3)).Select(line => Line(dice.About(line, "line"), store)).DistinctBy(line => line.Product.Id).ToList();
        return new OrderPlan(id, store, customer, status, lines, LoadSettings.Opened.AddMinutes(id * 37 % 400_000));
    }

    private OrderLine Line(Dice dice, int store)
    {
        var block = dice.About(1, "block").Next(products.Count / BlockSize) * BlockSize;
        if (store != StoreIds.Outlet && dice.About(2, "kind").OneIn(4))
        {
            var variant = products.Plan(block + 33 + dice.About(3, "variant").Next(12));
            return new OrderLine(variant, products.Plan(block + 45), 1, variant.Price!.Value);
        }

        // Slots whose number divides by five are sold in the outlet; below thirty all are single articles.
        var slot = store == StoreIds.Outlet ? dice.About(4, "slot").Next(6) * 5 : dice.About(4, "slot").Next(10);
        var product = products.Plan(block + slot + 1);
        var price = store == StoreIds.Outlet ? product.OutletPrice ?? product.Price : product.SpecialPrice ?? product.Price;
        return new OrderLine(product, null, 1 + dice.About(5, "qty").Next(3), price!.Value);
    }
}
