using System.Globalization;
using Strangler.Catalog.ReadModel.Rows;
using Strangler.WebApi.Json;
using Strangler.WebApi.Stores;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>What the writers of an answer's parts share: the product, the scope it is seen in, and where to write.</summary>
internal sealed record DocumentContext(CatalogStructure Structure, ProductBatch Batch, ProductRow Product, StoreView Store, PhpJsonWriter Json)
{
    /// <summary>The admin scope sees everything; a store view only what its website has.</summary>
    public bool IsAdmin => Store.Id == StoreView.AdminId;

    /// <summary>The value of an attribute of this product in this scope.</summary>
    public string? Value(string code) => Batch.Values.Get(Product.Id, Structure.Attribute(code), Store.Id);

    /// <summary>The row of this store view, else that of the admin scope, else null.</summary>
    public TRow? Scoped<TRow>(IReadOnlyList<TRow> rows, Func<TRow, int> storeOf) where TRow : class
    {
        TRow? fallback = null;
        foreach (var row in rows)
        {
            var store = storeOf(row);
            if (store == Store.Id)
            {
                return row;
            }

            fallback = store == StoreView.AdminId ? row : fallback;
        }

        return fallback;
    }

    /// <summary>A title: that of the store view unless it is NULL, else the default one.</summary>
    public TitleRow? Title(IReadOnlyList<TitleRow> titles) =>
        titles.FirstOrDefault(title => title.StoreId == Store.Id && title.Title is not null)
        ?? titles.FirstOrDefault(title => title.StoreId == StoreView.AdminId);

    /// <summary>Text as PHP's cast to float sees it.</summary>
    public static double? Number(string? text) => text is null
        ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Text as PHP's cast to int sees it.</summary>
    public static long? Integer(string? text) => Number(text) is { } number ? (long)number : null;
}
