using Strangler.Catalog.ReadModel;
using Strangler.Catalog.ReadModel.Documents;
using Strangler.Catalog.ReadModel.Rows;
using Strangler.WebApi.Json;
using Strangler.WebApi.Stores;

namespace Strangler.Catalog.Projection;

/// <summary>Makes the documents of a batch of products: the admin scope's, and of the store views only those that differ from it.</summary>
internal sealed partial class DocumentBuilder(ILogger<DocumentBuilder> logger)
{
    public IReadOnlyList<ProductDocument> Build(CatalogStructure structure, ProductBatch batch)
    {
        var documents = new List<ProductDocument>(batch.Products.Count * 2);
        using var buffer = new PooledBuffer(16 * 1024);
        foreach (var product in batch.Products)
        {
            ProductDocument? admin = null;
            foreach (var store in structure.Stores)
            {
                var document = Build(structure, batch, product, store, buffer);
                if (admin is null || !document.IsSameAs(admin))
                {
                    documents.Add(document);
                }

                admin ??= document;
            }
        }

        return documents;
    }

    private ProductDocument Build(CatalogStructure structure, ProductBatch batch, ProductRow product, StoreView store, PooledBuffer buffer)
    {
        var flags = product.TypeId is ProductTypes.Bundle or ProductTypes.Grouped ? DocumentFlags.DependsOnWebsite : DocumentFlags.None;
        if (!ProductTypes.IsKnown(product.TypeId))
        {
            return new ProductDocument(product.Id, store.Id, product.Sku, flags | DocumentFlags.Undecided, [], null);
        }

        try
        {
            buffer.Clear();
            var context = new DocumentContext(structure, batch, product, store, new PhpJsonWriter(buffer));
            ProductDocumentWriter.Write(context);
            var body = buffer.Written.ToArray();
            return new ProductDocument(product.Id, store.Id, product.Sku, flags, body, EditTierPrices(context, buffer));
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or OverflowException)
        {
            // One product's odd data must not hold back the rest; this one stays with Magento.
            Log.ProductNotRendered(logger, fault, product.Id, store.Id);
            return new ProductDocument(product.Id, store.Id, product.Sku, flags | DocumentFlags.Undecided, [], null);
        }
    }

    private static byte[]? EditTierPrices(DocumentContext context, PooledBuffer buffer)
    {
        if (!TierPricesWriter.DiffersInEditMode(context))
        {
            return null;
        }

        buffer.Clear();
        TierPricesWriter.Write(context with { Json = new PhpJsonWriter(buffer) }, editMode: true);
        return buffer.Written.ToArray();
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ProductNotRendered, LogLevel.Error, "Product {ProductId} could not be rendered for store {StoreId}; Magento keeps answering it")]
        public static partial void ProductNotRendered(ILogger logger, Exception fault, int productId, int storeId);
    }
}
