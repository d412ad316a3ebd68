namespace Strangler.Demo.Generation;

/// <summary>Names of product pictures. The name says what is on the picture, so the media endpoint can draw it from the name alone.</summary>
internal static class ProductPicture
{
    /// <summary>A path below <c>media/catalog/product</c>, dispersed by its first two letters.</summary>
    public static string PathOf(ProductLine line, int color, int productId, int number)
    {
        var code = line.Code.ToLowerInvariant();
        return $"/{code[0]}/{code[1]}/{code}-{Slug.Of(Vocabulary.Colors[color].Name)}-{productId}-{number}.svg";
    }
}
