using Strangler.Catalog.ReadModel.Rows;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>Writes the links and samples of a downloadable product, with titles of the store view and prices of its website.</summary>
internal static class DownloadableWriter
{
    public static void Write(DocumentContext context)
    {
        var (json, batch, id) = (context.Json, context.Batch, context.Product.Id);
        if (batch.DownloadLinks[id].Count > 0)
        {
            json.Name("downloadable_product_links"u8);
            json.StartArray();
            foreach (var link in batch.DownloadLinks[id])
            {
                WriteLink(context, link);
            }

            json.EndArray();
        }

        if (batch.DownloadSamples[id].Count > 0)
        {
            json.Name("downloadable_product_samples"u8);
            json.StartArray();
            foreach (var sample in batch.DownloadSamples[id])
            {
                WriteSample(context, sample);
            }

            json.EndArray();
        }
    }

    private static void WriteLink(DocumentContext context, DownloadLinkRow link)
    {
        var (json, batch) = (context.Json, context.Batch);
        json.StartObject();
        json.Member("id"u8, link.LinkId);
        json.Optional("title"u8, context.Title(batch.DownloadLinkTitles[link.LinkId])?.Title);
        json.Member("sort_order"u8, link.SortOrder);
        json.Member("is_shareable"u8, link.Shareable);
        json.NullableMember("price"u8, Price(context, batch.DownloadLinkPrices[link.LinkId]));
        json.Optional("number_of_downloads"u8, link.Downloads);
        json.Member("link_type"u8, link.Type);
        json.Optional("link_file"u8, link.File);
        json.Optional("link_url"u8, link.Url);
        json.Member("sample_type"u8, link.SampleType);
        json.Optional("sample_file"u8, link.SampleFile);
        json.Optional("sample_url"u8, link.SampleUrl);
        json.EndObject();
    }

    private static double? Price(DocumentContext context, IReadOnlyList<DownloadPriceRow> prices) =>
        (prices.FirstOrDefault(price => price.WebsiteId == context.Store.WebsiteId) ?? prices.FirstOrDefault(price => price.WebsiteId == 0))?.Price;

    private static void WriteSample(DocumentContext context, DownloadSampleRow sample)
    {
        var json = context.Json;
        json.StartObject();
        json.Member("id"u8, sample.SampleId);
        json.Member("title"u8, context.Title(context.Batch.DownloadSampleTitles[sample.SampleId])?.Title);
        json.Member("sort_order"u8, sample.SortOrder);
        json.Member("sample_type"u8, sample.Type);
        json.Optional("sample_file"u8, sample.File);
        json.Optional("sample_url"u8, sample.Url);
        json.EndObject();
    }
}
