using Strangler.Catalog.ReadModel.Rows;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>
/// Writes <c>media_gallery_entries</c> by position, those without one last. Label, position and whether an entry is hidden come from
/// the store view's row, value by value, else from the default one.
/// </summary>
internal static class MediaGalleryWriter
{
    public static void Write(DocumentContext context)
    {
        var json = context.Json;
        json.Name("media_gallery_entries"u8);
        json.StartArray();
        var entries = context.Batch.Media[context.Product.Id].Select(media => Entry(context, media))
            .OrderBy(entry => entry.Position is null).ThenBy(entry => entry.Position);
        foreach (var entry in entries)
        {
            WriteEntry(context, entry);
        }

        json.EndArray();
    }

    private static MediaEntry Entry(DocumentContext context, MediaRow media)
    {
        var values = context.Batch.MediaValues[context.Product.Id];
        var own = values.LastOrDefault(value => value.ValueId == media.ValueId && value.StoreId == context.Store.Id);
        var fallback = values.LastOrDefault(value => value.ValueId == media.ValueId && value.StoreId == 0);
        return new MediaEntry(
            media, own?.Label ?? fallback?.Label, own?.Position ?? fallback?.Position, (own ?? fallback)?.Disabled ?? false);
    }

    private static void WriteEntry(DocumentContext context, MediaEntry entry)
    {
        var json = context.Json;
        json.StartObject();
        json.Member("id"u8, entry.Media.ValueId);
        json.Member("media_type"u8, entry.Media.MediaType);
        json.Member("label"u8, entry.Label);
        json.NullableMember("position"u8, entry.Position);
        json.Member("disabled"u8, entry.Disabled);
        json.Name("types"u8);
        json.StartArray();
        foreach (var role in context.Structure.MediaRoles.Where(role => entry.Media.File is not null && context.Value(role) == entry.Media.File))
        {
            json.Text(role);
        }

        json.EndArray();
        json.Optional("file"u8, entry.Media.File);
        if (entry.Media.MediaType == ProductTypes.ExternalVideo)
        {
            WriteVideo(context, entry.Media);
        }

        json.EndObject();
    }

    private static void WriteVideo(DocumentContext context, MediaRow media)
    {
        var videos = context.Batch.Videos[media.ValueId];
        var own = videos.FirstOrDefault(video => video.StoreId == context.Store.Id);
        var fallback = videos.FirstOrDefault(video => video.StoreId == 0);
        var json = context.Json;
        json.Name("extension_attributes"u8);
        json.StartObject();
        json.Name("video_content"u8);
        json.StartObject();
        json.Member("media_type"u8, media.MediaType);
        json.Member("video_provider"u8, own?.Provider ?? fallback?.Provider);
        json.Member("video_url"u8, own?.Url ?? fallback?.Url);
        json.Member("video_title"u8, own?.Title ?? fallback?.Title);
        json.Member("video_description"u8, own?.Description ?? fallback?.Description);
        json.Member("video_metadata"u8, own?.Metadata ?? fallback?.Metadata);
        json.EndObject();
        json.EndObject();
    }

    private sealed record MediaEntry(MediaRow Media, string? Label, int? Position, bool Disabled);
}
