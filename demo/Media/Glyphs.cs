namespace Strangler.Demo.Media;

/// <summary>The drawings of the product lines, on a field of 200 by 200. <c>{0}</c> is the product's colour, <c>{1}</c> a darker tone of it.</summary>
internal static class Glyphs
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["tent"] = "<path d='M20 150 100 45l80 105z' fill='{0}'/><path d='M100 45 74 150h52z' fill='{1}'/><path d='M100 72 86 150h28z' fill='#fff6e3'/><path d='M100 45 20 150M100 45l80 105' stroke='{1}' stroke-width='4' fill='none'/>",
        ["sleepingbag"] = "<rect x='62' y='30' width='76' height='146' rx='38' fill='{0}'/><ellipse cx='100' cy='64' rx='27' ry='24' fill='#fff6e3'/><path d='M64 98h72M63 122h74M66 146h68' stroke='{1}' stroke-width='4'/>",
        ["backpack"] = "<path d='M78 46a22 22 0 0 1 44 0' fill='none' stroke='{1}' stroke-width='8'/><rect x='54' y='46' width='92' height='120' rx='24' fill='{0}'/><rect x='68' y='104' width='64' height='48' rx='10' fill='{1}'/><path d='M54 82h92' stroke='{1}' stroke-width='6'/>",
        ["stove"] = "<rect x='70' y='104' width='60' height='62' rx='10' fill='{0}'/><path d='M60 92h80l-10 12H70z' fill='{1}'/><path d='M100 40c14 18 22 26 22 38a22 22 0 0 1-44 0c0-12 8-20 22-38z' fill='#e0812f'/><path d='M100 62c7 9 10 13 10 19a10 10 0 0 1-20 0c0-6 3-10 10-19z' fill='#f6cf6d'/>",
        ["pot"] = "<path d='M50 84h100v54a22 22 0 0 1-22 22H72a22 22 0 0 1-22-22z' fill='{0}'/><rect x='44' y='72' width='112' height='14' rx='7' fill='{1}'/><path d='M150 100h26' stroke='{1}' stroke-width='10' stroke-linecap='round'/><circle cx='100' cy='62' r='8' fill='{1}'/>",
        ["lamp"] = "<path d='M30 100c30-40 110-40 140 0' stroke='{1}' stroke-width='14' fill='none'/><rect x='72' y='70' width='56' height='50' rx='14' fill='{0}'/><circle cx='100' cy='95' r='16' fill='#fff2b8'/><path d='M100 124v34M72 128l-16 26M128 128l16 26' stroke='#f0c64f' stroke-width='6' stroke-linecap='round'/>",
        ["rope"] = "<g fill='none' stroke='{0}' stroke-width='13'><ellipse cx='100' cy='100' rx='60' ry='46'/><ellipse cx='100' cy='100' rx='44' ry='31'/><ellipse cx='100' cy='100' rx='27' ry='16'/></g><path d='M48 128q30 40 104 22' stroke='{1}' stroke-width='11' fill='none'/>",
        ["harness"] = "<rect x='38' y='56' width='124' height='24' rx='10' fill='{0}'/><path d='M62 80v22a28 28 0 1 0 36 26V80M138 80v22a28 28 0 1 1-36 26V80' stroke='{1}' stroke-width='13' fill='none'/><circle cx='100' cy='96' r='11' fill='#d8b86a'/>",
        ["helmet"] = "<path d='M36 122a64 64 0 0 1 128 0z' fill='{0}'/><rect x='28' y='120' width='144' height='16' rx='8' fill='{1}'/><path d='M72 74v42M100 62v54M128 74v42' stroke='{1}' stroke-width='8' stroke-linecap='round'/><path d='M52 136q48 50 96 0' stroke='#8d8578' stroke-width='6' fill='none'/>",
        ["carabiner"] = "<path d='M82 34h44a28 28 0 0 1 27 34l-18 78a30 30 0 0 1-29 22H88a28 28 0 0 1-28-28V62a28 28 0 0 1 22-28z' fill='none' stroke='{0}' stroke-width='15'/><path d='M60 76v48' stroke='{1}' stroke-width='19' stroke-linecap='round'/>",
        ["paddle"] = "<path d='M62 138 138 62' stroke='{1}' stroke-width='10'/><path d='M138 62c-8-20 8-40 38-40 0 30-20 46-38 40z' fill='{0}'/><path d='M62 138c8 20-8 40-38 40 0-30 20-46 38-40z' fill='{0}'/>",
        ["ski"] = "<path d='M70 24c10 0 14 10 14 24v118H60V48c0-14 2-24 10-24zM128 24c10 0 14 10 14 24v118h-24V48c0-14 2-24 10-24z' fill='{0}'/><path d='M56 96h32v26H56zM114 96h32v26h-32z' fill='{1}'/>",
        ["beanie"] = "<path d='M44 130a56 66 0 0 1 112 0z' fill='{0}'/><rect x='36' y='126' width='128' height='32' rx='14' fill='{1}'/><circle cx='100' cy='58' r='16' fill='#fff6e3'/>",
        ["sock"] = "<path d='M74 30h50v74l34 30a22 22 0 0 1-26 36L74 132z' fill='{0}'/><path d='M74 30h50v22H74z' fill='{1}'/><path d='m118 152 36-30a22 22 0 0 1-22 48z' fill='{1}'/>",
        ["glove"] = "<path d='M62 170v-64l-14-26a10 10 0 0 1 18-8l10 18V46a9 9 0 0 1 18 0v34V38a9 9 0 0 1 18 0v42V44a9 9 0 0 1 18 0v40V58a8 8 0 0 1 16 0v66l-10 46z' fill='{0}'/><path d='M60 150h78v22H60z' fill='{1}'/>",
        ["bottle"] = "<rect x='72' y='62' width='56' height='112' rx='18' fill='{0}'/><rect x='82' y='34' width='36' height='26' rx='6' fill='{1}'/><path d='M72 104h56' stroke='{1}' stroke-width='6'/>",
        ["jacket"] = "<path d='M74 38h52l30 22 18 84-22 6-20-62v80H68V88l-20 62-22-6 18-84z' fill='{0}'/><path d='M70 38q30-22 60 0-4 26-30 28-26-2-30-28z' fill='{1}'/><path d='M100 66v102' stroke='#fff6e3' stroke-width='4'/><path d='M76 122h14M110 122h14' stroke='{1}' stroke-width='5'/>",
        ["shirt"] = "<path d='M70 44h60l38 28-18 34-16-10v70H66V96l-16 10-18-34z' fill='{0}'/><path d='M84 44a16 16 0 0 0 32 0' fill='#fff6e3'/><path d='M100 60v38' stroke='{1}' stroke-width='5'/>",
        ["trousers"] = "<path d='M62 34h76l12 134h-36l-14-84-14 84H50z' fill='{0}'/><path d='M62 34h76l2 18H60z' fill='{1}'/>",
        ["shoe"] = "<path d='M40 62h50l12 34c22 4 52 8 58 34v16H36V78z' fill='{0}'/><path d='M32 144h132v16H32z' fill='{1}'/><path d='M84 72l18-6M90 88l18-6M98 102l18-6' stroke='#fff6e3' stroke-width='5' stroke-linecap='round'/>",
        ["ticket"] = "<path d='M34 66h132v20a14 14 0 0 0 0 28v20H34v-20a14 14 0 0 0 0-28z' fill='{0}'/><path d='M128 66v68' stroke='#fff6e3' stroke-width='4' stroke-dasharray='6 6'/><path d='m60 112 18-28 14 18 8-10 14 20z' fill='#fff6e3'/>",
        ["map"] = "<path d='m36 58 42-14 44 14 42-14v98l-42 14-44-14-42 14z' fill='{0}'/><path d='M78 44v98M122 58v98' stroke='{1}' stroke-width='4'/><path d='M52 120q20-50 44-24t50-22' stroke='#fff6e3' stroke-width='5' fill='none' stroke-dasharray='9 7'/><circle cx='146' cy='74' r='8' fill='#b9562a'/>",
    };
}
