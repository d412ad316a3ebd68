using Strangler.Catalog.ReadModel.Rows;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>Writes <c>options</c>, the custom options, with titles and prices of the scope, by sort order and title.</summary>
internal static class OptionsWriter
{
    private static readonly HashSet<string> WithValues = new(StringComparer.Ordinal) { "drop_down", "radio", "checkbox", "multiple" };

    public static void Write(DocumentContext context)
    {
        var batch = context.Batch;
        context.Json.Name("options"u8);
        context.Json.StartArray();
        var options = batch.Options[context.Product.Id]
            .Select(option => (Option: option, Title: context.Title(batch.OptionTitles[option.OptionId])))
            .OrderBy(entry => entry.Option.SortOrder).ThenBy(entry => entry.Title?.Rank ?? 0);
        foreach (var (option, title) in options)
        {
            WriteOption(context, option, title);
        }

        context.Json.EndArray();
    }

    private static void WriteOption(DocumentContext context, OptionRow option, TitleRow? title)
    {
        var (json, batch) = (context.Json, context.Batch);
        var price = context.Scoped(batch.OptionPrices[option.OptionId], row => row.StoreId);
        json.StartObject();
        json.Member("product_sku"u8, context.Product.Sku);
        json.Member("option_id"u8, option.OptionId);
        json.Member("title"u8, title?.Title);
        json.Member("type"u8, option.Type);
        json.Member("sort_order"u8, option.SortOrder);
        json.Member("is_require"u8, option.IsRequired);
        json.Optional("price"u8, price?.Price);
        json.Optional("price_type"u8, price?.PriceType);
        json.Optional("sku"u8, option.Sku);
        json.Optional("file_extension"u8, option.FileExtension);
        json.Optional("max_characters"u8, option.MaxCharacters);
        json.Optional("image_size_x"u8, option.ImageSizeX);
        json.Optional("image_size_y"u8, option.ImageSizeY);
        if (WithValues.Contains(option.Type ?? ""))
        {
            WriteValues(context, option);
        }

        json.EndObject();
    }

    private static void WriteValues(DocumentContext context, OptionRow option)
    {
        var (json, batch) = (context.Json, context.Batch);
        var values = batch.OptionValues[option.OptionId]
            .Select(value => (Value: value, Title: context.Title(batch.OptionValueTitles[value.OptionTypeId])))
            .OrderBy(entry => entry.Value.SortOrder).ThenBy(entry => entry.Title?.Rank ?? 0).ToList();
        if (values.Count == 0)
        {
            return;
        }

        json.Name("values"u8);
        json.StartArray();
        foreach (var (value, title) in values)
        {
            var price = context.Scoped(batch.OptionValuePrices[value.OptionTypeId], row => row.StoreId);
            json.StartObject();
            json.Member("title"u8, title?.Title);
            json.Member("sort_order"u8, value.SortOrder);
            json.NullableMember("price"u8, price?.Price);
            json.Member("price_type"u8, price?.PriceType);
            json.Optional("sku"u8, value.Sku);
            json.Member("option_type_id"u8, value.OptionTypeId);
            json.EndObject();
        }

        json.EndArray();
    }
}
