using System.Text;

namespace Strangler.Demo.Generation;

/// <summary>Descriptions, put together from the line's facts and the shop's sentences.</summary>
internal static class ProductTexts
{
    public static string Description(ProductPlan plan, Dice dice)
    {
        var opening = Vocabulary.Openings[dice.About(plan.Id, "opening").Next(Vocabulary.Openings.Length)];
        var closing = Vocabulary.Closings[dice.About(plan.Id, "closing").Next(Vocabulary.Closings.Length)];
        var text = new StringBuilder($"<p>{opening} The {plan.Name} is part of our {Categories.Get(plan.Line.Category).Name.ToLowerInvariant()} range: ")
            .Append("chosen by the people who sell it, and used by them.</p>\n<ul>\n");
        foreach (var fact in plan.Line.Facts)
        {
            text.Append("<li>").Append(fact).Append(".</li>\n");
        }

        return text.Append("</ul>\n<p>").Append(closing).Append("</p>").ToString();
    }

    public static string GermanDescription(ProductPlan plan, Dice dice)
    {
        var opening = Vocabulary.GermanOpenings[dice.About(plan.Id, "opening").Next(Vocabulary.GermanOpenings.Length)];
        return $"<p>{opening} {plan.GermanName}: ausgesucht von denen, die es verkaufen und selbst benutzen.</p>\n<p>Fünf Jahre Garantie, Reparatur ein Leben lang.</p>";
    }

    public static string Short(ProductPlan plan) => $"<p>{plan.Line.Facts[0]}.</p>";
}
