namespace Strangler.Catalog.ReadModel.Rows;

/// <content>Galleries, custom options and what single product types have.</content>
internal static partial class ProductBatchReader
{
    private static async Task ReadMediaAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken)
    {
        await query.ReadAsync(
            """
            SELECT m.entity_id, g.value_id, g.value, g.media_type
            FROM projection_batch b
            JOIN catalog_product_entity_media_gallery_value_to_entity m ON m.entity_id = b.entity_id
            JOIN catalog_product_entity_media_gallery g ON g.value_id = m.value_id AND g.disabled = 0
            JOIN eav_attribute a ON a.attribute_id = g.attribute_id AND a.attribute_code = 'media_gallery'
            ORDER BY m.entity_id, g.value_id
            """,
            row => batch.Media.Add(row.GetInt32(0), new MediaRow(row.GetInt32(1), row.Text(2), row.GetString(3))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT v.entity_id, v.value_id, v.store_id, v.label, v.position, v.disabled
            FROM projection_batch b JOIN catalog_product_entity_media_gallery_value v ON v.entity_id = b.entity_id
            ORDER BY v.entity_id, v.record_id
            """,
            row => batch.MediaValues.Add(
                row.GetInt32(0), new MediaValueRow(row.GetInt32(1), row.GetInt32(2), row.Text(3), row.Integer(4), row.Flag(5))),
            cancellationToken);
        if (!batch.Media.Ids.Any(id => batch.Media[id].Any(media => media.MediaType == ProductTypes.ExternalVideo)))
        {
            return;
        }

        await query.ReadAsync(
            """
            SELECT v.value_id, v.store_id, v.provider, v.url, v.title, v.description, v.metadata
            FROM projection_batch b
            JOIN catalog_product_entity_media_gallery_value_to_entity m ON m.entity_id = b.entity_id
            JOIN catalog_product_entity_media_gallery_value_video v ON v.value_id = m.value_id
            """,
            row => batch.Videos.Add(
                row.GetInt32(0), new VideoRow(row.GetInt32(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6))),
            cancellationToken);
    }

    private static async Task ReadOptionsAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken)
    {
        await query.ReadAsync(
            """
            SELECT o.product_id, o.option_id, o.type, o.is_require, o.sku, o.max_characters, o.file_extension, o.image_size_x,
                   o.image_size_y, o.sort_order
            FROM projection_batch b JOIN catalog_product_option o ON o.product_id = b.entity_id ORDER BY o.product_id, o.option_id
            """,
            row => batch.Options.Add(row.GetInt32(0), new OptionRow(
                row.GetInt32(1), row.Text(2), row.Flag(3), row.Text(4), row.Integer(5), row.Text(6), row.Integer(7), row.Integer(8),
                row.GetInt32(9))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT t.option_id, t.store_id, t.title, RANK() OVER (ORDER BY t.title)
            FROM projection_batch b
            JOIN catalog_product_option o ON o.product_id = b.entity_id
            JOIN catalog_product_option_title t ON t.option_id = o.option_id
            """,
            row => batch.OptionTitles.Add(row.GetInt32(0), new TitleRow(row.GetInt32(1), row.Text(2), row.GetInt64(3))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT p.option_id, p.store_id, p.price, p.price_type
            FROM projection_batch b
            JOIN catalog_product_option o ON o.product_id = b.entity_id
            JOIN catalog_product_option_price p ON p.option_id = o.option_id
            """,
            row => batch.OptionPrices.Add(row.GetInt32(0), new OptionPriceRow(row.GetInt32(1), row.Number(2) ?? 0, row.GetString(3))),
            cancellationToken);
        await ReadOptionValuesAsync(query, batch, cancellationToken);
    }

    private static async Task ReadOptionValuesAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken)
    {
        await query.ReadAsync(
            """
            SELECT v.option_id, v.option_type_id, v.sku, v.sort_order
            FROM projection_batch b
            JOIN catalog_product_option o ON o.product_id = b.entity_id
            JOIN catalog_product_option_type_value v ON v.option_id = o.option_id
            ORDER BY v.option_id, v.option_type_id
            """,
            row => batch.OptionValues.Add(row.GetInt32(0), new OptionValueRow(row.GetInt32(1), row.Text(2), row.GetInt32(3))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT t.option_type_id, t.store_id, t.title, RANK() OVER (ORDER BY t.title)
            FROM projection_batch b
            JOIN catalog_product_option o ON o.product_id = b.entity_id
            JOIN catalog_product_option_type_value v ON v.option_id = o.option_id
            JOIN catalog_product_option_type_title t ON t.option_type_id = v.option_type_id
            """,
            row => batch.OptionValueTitles.Add(row.GetInt32(0), new TitleRow(row.GetInt32(1), row.Text(2), row.GetInt64(3))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT p.option_type_id, p.store_id, p.price, p.price_type
            FROM projection_batch b
            JOIN catalog_product_option o ON o.product_id = b.entity_id
            JOIN catalog_product_option_type_value v ON v.option_id = o.option_id
            JOIN catalog_product_option_type_price p ON p.option_type_id = v.option_type_id
            """,
            row => batch.OptionValuePrices.Add(row.GetInt32(0), new OptionPriceRow(row.GetInt32(1), row.Number(2) ?? 0, row.GetString(3))),
            cancellationToken);
    }

    private static async Task ReadConfigurablesAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken)
    {
        await query.ReadAsync(
            """
            SELECT s.product_id, s.product_super_attribute_id, s.attribute_id, s.position
            FROM projection_batch b JOIN catalog_product_super_attribute s ON s.product_id = b.entity_id
            ORDER BY s.product_id, s.attribute_id
            """,
            row => batch.SuperAttributes.Add(row.GetInt32(0), new SuperAttributeRow(row.GetInt32(1), row.GetInt32(2), row.GetInt32(3))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT l.product_super_attribute_id, l.store_id, l.use_default, l.value
            FROM projection_batch b
            JOIN catalog_product_super_attribute s ON s.product_id = b.entity_id
            JOIN catalog_product_super_attribute_label l ON l.product_super_attribute_id = s.product_super_attribute_id
            """,
            row => batch.SuperLabels.Add(row.GetInt32(0), new SuperLabelRow(row.GetInt32(1), row.Flag(2), row.Text(3))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT DISTINCT s.product_id, s.attribute_id, o.option_id, o.sort_order
            FROM projection_batch b
            JOIN catalog_product_super_attribute s ON s.product_id = b.entity_id
            JOIN catalog_product_super_link l ON l.parent_id = s.product_id
            JOIN catalog_product_entity e ON e.entity_id = l.product_id
            JOIN catalog_product_entity_int v ON v.entity_id = l.product_id AND v.attribute_id = s.attribute_id AND v.store_id = 0
            JOIN eav_attribute_option o ON o.option_id = v.value
            ORDER BY s.product_id, s.attribute_id, o.sort_order, o.option_id
            """,
            row => batch.UsedOptions.Add(row.GetInt32(0), new UsedOptionRow(row.GetInt32(1), row.GetInt32(2))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT l.parent_id, l.product_id
            FROM projection_batch b
            JOIN catalog_product_super_link l ON l.parent_id = b.entity_id
            JOIN catalog_product_entity e ON e.entity_id = l.product_id AND e.required_options = 0
            ORDER BY l.parent_id, l.link_id
            """,
            row => batch.ConfigurableChildren.Add(row.GetInt32(0), row.GetInt32(1)),
            cancellationToken);
    }

    private static async Task ReadBundlesAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken)
    {
        await query.ReadAsync(
            """
            SELECT o.parent_id, o.option_id, o.required, o.position, o.type
            FROM projection_batch b JOIN catalog_product_bundle_option o ON o.parent_id = b.entity_id
            ORDER BY o.parent_id, o.position, o.option_id
            """,
            row => batch.BundleOptions.Add(row.GetInt32(0), new BundleOptionRow(row.GetInt32(1), row.Flag(2), row.GetInt32(3), row.Text(4))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT t.option_id, t.store_id, t.title
            FROM projection_batch b
            JOIN catalog_product_bundle_option_value t ON t.parent_product_id = b.entity_id
            """,
            row => batch.BundleOptionTitles.Add(row.GetInt32(0), new TitleRow(row.GetInt32(1), row.Text(2), 0)),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT s.option_id, s.selection_id, s.product_id, e.sku, s.position, s.is_default, s.selection_price_type,
                   s.selection_price_value, s.selection_qty, s.selection_can_change_qty, e.required_options
            FROM projection_batch b
            JOIN catalog_product_bundle_selection s ON s.parent_product_id = b.entity_id
            JOIN catalog_product_entity e ON e.entity_id = s.product_id
            ORDER BY s.option_id, s.position, s.selection_id
            """,
            row => batch.Selections.Add(row.GetInt32(0), new SelectionRow(
                row.GetInt32(1), row.GetInt32(0), row.GetInt32(2), row.GetString(3), row.GetInt32(4), row.Flag(5), row.GetInt32(6),
                row.Number(7) ?? 0, row.Number(8), row.GetInt32(9), row.GetInt32(10) == 1)),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT p.selection_id, p.website_id, p.selection_price_type, p.selection_price_value
            FROM projection_batch b JOIN catalog_product_bundle_selection_price p ON p.parent_product_id = b.entity_id
            """,
            row => batch.SelectionPrices.Add(
                row.GetInt32(0), new SelectionPriceRow(row.GetInt32(1), row.GetInt32(2), row.Number(3) ?? 0)),
            cancellationToken);
        await ReadBundledProductsAsync(query, batch, cancellationToken);
    }

    private static async Task ReadBundledProductsAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken)
    {
        await query.ReadAsync(
            """
            SELECT DISTINCT v.entity_id, v.attribute_id, v.store_id, CAST(v.value AS CHAR)
            FROM projection_batch b
            JOIN catalog_product_bundle_selection s ON s.parent_product_id = b.entity_id
            JOIN eav_attribute a ON a.attribute_code = 'price'
            JOIN eav_entity_type t ON t.entity_type_id = a.entity_type_id AND t.entity_type_code = 'catalog_product'
            JOIN catalog_product_entity_decimal v ON v.entity_id = s.product_id AND v.attribute_id = a.attribute_id
            """,
            row => batch.Values.Add(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.Text(3)),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT DISTINCT w.product_id, w.website_id
            FROM projection_batch b
            JOIN catalog_product_bundle_selection s ON s.parent_product_id = b.entity_id
            JOIN catalog_product_website w ON w.product_id = s.product_id
            """,
            row => batch.ChildWebsites.Add(row.GetInt32(0), row.GetInt32(1)),
            cancellationToken);
    }

    private static async Task ReadGroupedAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken)
    {
        await query.ReadAsync(
            """
            SELECT DISTINCT v.entity_id, v.attribute_id, v.store_id, CAST(v.value AS CHAR)
            FROM projection_batch b
            JOIN catalog_product_link l ON l.product_id = b.entity_id AND l.link_type_id = 3
            JOIN eav_attribute a ON a.attribute_code = 'status'
            JOIN eav_entity_type t ON t.entity_type_id = a.entity_type_id AND t.entity_type_code = 'catalog_product'
            JOIN catalog_product_entity_int v ON v.entity_id = l.linked_product_id AND v.attribute_id = a.attribute_id
            """,
            row => batch.Values.Add(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.Text(3)),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT DISTINCT w.product_id, w.website_id
            FROM projection_batch b
            JOIN catalog_product_link l ON l.product_id = b.entity_id AND l.link_type_id = 3
            JOIN catalog_product_website w ON w.product_id = l.linked_product_id
            """,
            row => batch.ChildWebsites.Add(row.GetInt32(0), row.GetInt32(1)),
            cancellationToken);
    }

    private static async Task ReadDownloadablesAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken)
    {
        await query.ReadAsync(
            """
            SELECT l.product_id, l.link_id, l.sort_order, l.number_of_downloads, l.is_shareable, l.link_url, l.link_file, l.link_type,
                   l.sample_url, l.sample_file, l.sample_type
            FROM projection_batch b JOIN downloadable_link l ON l.product_id = b.entity_id
            ORDER BY l.product_id, l.sort_order, l.link_id
            """,
            row => batch.DownloadLinks.Add(row.GetInt32(0), new DownloadLinkRow(
                row.GetInt32(1), row.GetInt32(2), row.Integer(3), row.GetInt32(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8),
                row.Text(9), row.Text(10))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT t.link_id, t.store_id, t.title
            FROM projection_batch b
            JOIN downloadable_link l ON l.product_id = b.entity_id
            JOIN downloadable_link_title t ON t.link_id = l.link_id
            """,
            row => batch.DownloadLinkTitles.Add(row.GetInt32(0), new TitleRow(row.GetInt32(1), row.Text(2), 0)),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT p.link_id, p.website_id, p.price
            FROM projection_batch b
            JOIN downloadable_link l ON l.product_id = b.entity_id
            JOIN downloadable_link_price p ON p.link_id = l.link_id
            """,
            row => batch.DownloadLinkPrices.Add(row.GetInt32(0), new DownloadPriceRow(row.GetInt32(1), row.Number(2) ?? 0)),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT s.product_id, s.sample_id, s.sample_url, s.sample_file, s.sample_type, s.sort_order
            FROM projection_batch b JOIN downloadable_sample s ON s.product_id = b.entity_id
            ORDER BY s.product_id, s.sort_order, s.sample_id
            """,
            row => batch.DownloadSamples.Add(row.GetInt32(0), new DownloadSampleRow(
                row.GetInt32(1), row.Text(2), row.Text(3), row.Text(4), row.GetInt32(5))),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT t.sample_id, t.store_id, t.title
            FROM projection_batch b
            JOIN downloadable_sample s ON s.product_id = b.entity_id
            JOIN downloadable_sample_title t ON t.sample_id = s.sample_id
            """,
            row => batch.DownloadSampleTitles.Add(row.GetInt32(0), new TitleRow(row.GetInt32(1), row.Text(2), 0)),
            cancellationToken);
    }
}
