using System.Text;

namespace MlNetMobileViT.Conversion;

/// <summary>
/// Text with its accents taken apart, so that what macOS writes decomposed and other systems composed is the same text.
/// </summary>
/// <remarks>
/// <c>string.Normalize</c> does nothing where the programs run without ICU, as ours do for the same output on every machine. The
/// table is that of Unicode 14's <c>UnicodeData.txt</c> for the basic multilingual plane, without the compatibility ideographs
/// and, as in HFS Plus, without U+2000 to U+2FFF but for letters with another code. Marks that are in no composed letter keep
/// their place.
/// </remarks>
internal static class DecomposedText
{
    // Korean syllables are composed by a formula (The Unicode Standard, section 3.12).
    private const char FirstSyllable = '\uAC00';
    private const char LastSyllable = '\uD7A3';
    private const char FirstLead = '\u1100';
    private const char FirstVowel = '\u1161';
    private const char BeforeTails = '\u11A7';
    private const int Vowels = 21;
    private const int Tails = 28;

    /// <summary>The letters with one mark: each letter without it, then with it.</summary>
    private static readonly Mark[] Marks =
    [
        new('\u0000', 0, // one for one: written in two ways
            "\u0300\u0340\u0301\u0341\u0313\u0343\u02B9\u0374\u003B\u037E\u00B7\u0387\u03AC\u1F71\u03AD\u1F73"
            + "\u03AE\u1F75\u03AF\u1F77\u03CC\u1F79\u03CD\u1F7B\u03CE\u1F7D\u0386\u1FBB\u03B9\u1FBE\u0388\u1FC9"
            + "\u0389\u1FCB\u0390\u1FD3\u038A\u1FDB\u03B0\u1FE3\u038E\u1FEB\u0385\u1FEE\u0060\u1FEF\u038C\u1FF9"
            + "\u038F\u1FFB\u00B4\u1FFD\u2002\u2000\u2003\u2001\u03A9\u2126\u004B\u212A\u00C5\u212B\u3008\u2329"
            + "\u3009\u232A"),
        new('\u0300', 230, // grave accent
            "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳἀἂἁἃἈἊἉἋἐἒἑἓ"
            + "ἘἚἙἛἠἢἡἣἨἪἩἫἰἲἱἳἸἺἹἻὀὂὁὃὈὊὉὋὐὒὑὓὙὛὠὢὡὣὨὪὩὫαὰεὲηὴιὶοὸυὺωὼΑᾺΕῈΗῊ᾿῍ϊῒΙῚ῾῝ϋῢΥῪ¨῭ΟῸΩῺ"),
        new('\u0301', 230, // acute accent
            "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ\u0308\u0344¨΅ΑΆΕΈΗΉ"
            + "ΙΊΟΌΥΎΩΏϊΐαάεέηήιίϋΰοόυύωώϒϓГЃКЌгѓкќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêế"
            + "ÔỐôốƠỚơớƯỨưứἀἄἁἅἈἌἉἍἐἔἑἕἘἜἙἝἠἤἡἥἨἬἩἭἰἴἱἵἸἼἹἽὀὄὁὅὈὌὉὍὐὔὑὕὙὝὠὤὡὥὨὬὩὭ᾿῎῾῞"),
        new('\u0302', 230, "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ"), // circumflex accent
        new('\u0303', 230, "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ"), // tilde
        new('\u0304', 230, // macron
            "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡḶḸḷḹṚṜṛṝαᾱΑᾹιῑΙῙυῡΥῩ"),
        new('\u0306', 230, "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặαᾰΑᾸιῐΙῘυῠΥῨ"), // breve
        new('\u0307', 230, // dot above
            "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎ"
            + "yẏſẛ"),
        new('\u0308', 230, // diaeresis
            "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦ"
            + "hḧÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ"),
        new('\u0309', 230, "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ"), // hook above
        new('\u030A', 230, "AÅaåUŮuůwẘyẙ"), // ring above
        new('\u030B', 230, "OŐoőUŰuűУӲуӳ"), // double acute accent
        new('\u030C', 230, // caron
            "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮ\u0292ǯjǰHȞhȟ"),
        new('\u030F', 230, "AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ"), // double grave accent
        new('\u0311', 230, "AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ"), // inverted breve
        new('\u0313', 230, "αἀΑἈεἐΕἘηἠΗἨιἰΙἸοὀΟὈυὐωὠΩὨρῤ"), // comma above
        new('\u0314', 230, "αἁΑἉεἑΕἙηἡΗἩιἱΙἹοὁΟὉυὑΥὙωὡΩὩρῥΡῬ"), // reversed comma above
        new('\u031B', 216, "OƠoơUƯuư"), // horn
        new('\u0323', 220, // dot below
            "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ"),
        new('\u0324', 220, "UṲuṳ"), // diaeresis below
        new('\u0325', 220, "AḀaḁ"), // ring below
        new('\u0326', 220, "SȘsșTȚtț"), // comma below
        new('\u0327', 202, "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ"), // cedilla
        new('\u0328', 202, "AĄaąEĘeęIĮiįUŲuųOǪoǫ"), // ogonek
        new('\u032D', 220, "DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ"), // circumflex accent below
        new('\u032E', 220, "HḪhḫ"), // breve below
        new('\u0330', 220, "EḚeḛIḬiḭUṴuṵ"), // tilde below
        new('\u0331', 220, "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ"), // macron below
        new('\u0342', 230, "ἀἆἁἇἈἎἉἏἠἦἡἧἨἮἩἯἰἶἱἷἸἾἹἿὐὖὑὗὙὟὠὦὡὧὨὮὩὯαᾶ¨῁ηῆ᾿῏ιῖϊῗ῾῟υῦϋῧωῶ"), // greek perispomeni
        new('\u0345', 240, // greek ypogegrammeni
            "ἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἈᾈἉᾉἊᾊἋᾋἌᾌἍᾍἎᾎἏᾏἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗἨᾘἩᾙἪᾚἫᾛἬᾜἭᾝἮᾞἯᾟὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧὨᾨὩᾩὪᾪὫᾫ"
            + "ὬᾬὭᾭὮᾮὯᾯὰᾲαᾳάᾴᾶᾷΑᾼὴῂηῃήῄῆῇΗῌὼῲωῳώῴῶῷΩῼ"),
        new('\u05B4', 14, "\u05D9\uFB1D"), // hebrew point hiriq
        new('\u05B7', 17, "\u05F2\uFB1F\u05D0\uFB2E"), // hebrew point patah
        new('\u05B8', 18, "\u05D0\uFB2F"), // hebrew point qamats
        new('\u05B9', 19, "\u05D5\uFB4B"), // hebrew point holam
        new('\u05BC', 21, // hebrew point dagesh or mapiq
            "\u05D0\uFB30\u05D1\uFB31\u05D2\uFB32\u05D3\uFB33\u05D4\uFB34\u05D5\uFB35\u05D6\uFB36"
            + "\u05D8\uFB38\u05D9\uFB39\u05DA\uFB3A\u05DB\uFB3B\u05DC\uFB3C\u05DE\uFB3E\u05E0\uFB40"
            + "\u05E1\uFB41\u05E3\uFB43\u05E4\uFB44\u05E6\uFB46\u05E7\uFB47\u05E8\uFB48\u05E9\uFB49"
            + "\u05EA\uFB4A"),
        new('\u05BF', 23, "\u05D1\uFB4C\u05DB\uFB4D\u05E4\uFB4E"), // hebrew point rafe
        new('\u05C1', 24, "\u05E9\uFB2A\uFB49\uFB2C"), // hebrew point shin dot
        new('\u05C2', 25, "\u05E9\uFB2B\uFB49\uFB2D"), // hebrew point sin dot
        new('\u0653', 230, "\u0627\u0622"), // arabic maddah above
        new('\u0654', 230, // arabic hamza above
            "\u0627\u0623\u0648\u0624\u064A\u0626\u06D5\u06C0\u06C1\u06C2\u06D2\u06D3"),
        new('\u0655', 220, "\u0627\u0625"), // arabic hamza below
        new('\u093C', 7, // devanagari sign nukta
            "\u0928\u0929\u0930\u0931\u0933\u0934\u0915\u0958\u0916\u0959\u0917\u095A\u091C\u095B"
            + "\u0921\u095C\u0922\u095D\u092B\u095E\u092F\u095F"),
        new('\u09BC', 7, "\u09A1\u09DC\u09A2\u09DD\u09AF\u09DF"), // bengali sign nukta
        new('\u09BE', 0, "\u09C7\u09CB"), // bengali vowel sign aa
        new('\u09D7', 0, "\u09C7\u09CC"), // bengali au length mark
        new('\u0A3C', 7, // gurmukhi sign nukta
            "\u0A32\u0A33\u0A38\u0A36\u0A16\u0A59\u0A17\u0A5A\u0A1C\u0A5B\u0A2B\u0A5E"),
        new('\u0B3C', 7, "\u0B21\u0B5C\u0B22\u0B5D"), // oriya sign nukta
        new('\u0B3E', 0, "\u0B47\u0B4B"), // oriya vowel sign aa
        new('\u0B56', 0, "\u0B47\u0B48"), // oriya ai length mark
        new('\u0B57', 0, "\u0B47\u0B4C"), // oriya au length mark
        new('\u0BBE', 0, "\u0BC6\u0BCA\u0BC7\u0BCB"), // tamil vowel sign aa
        new('\u0BD7', 0, "\u0B92\u0B94\u0BC6\u0BCC"), // tamil au length mark
        new('\u0C56', 91, "\u0C46\u0C48"), // telugu ai length mark
        new('\u0CC2', 0, "\u0CC6\u0CCA"), // kannada vowel sign uu
        new('\u0CD5', 0, "\u0CBF\u0CC0\u0CC6\u0CC7\u0CCA\u0CCB"), // kannada length mark
        new('\u0CD6', 0, "\u0CC6\u0CC8"), // kannada ai length mark
        new('\u0D3E', 0, "\u0D46\u0D4A\u0D47\u0D4B"), // malayalam vowel sign aa
        new('\u0D57', 0, "\u0D46\u0D4C"), // malayalam au length mark
        new('\u0DCA', 9, "\u0DD9\u0DDA\u0DDC\u0DDD"), // sinhala sign al-lakuna
        new('\u0DCF', 0, "\u0DD9\u0DDC"), // sinhala vowel sign aela-pilla
        new('\u0DDF', 0, "\u0DD9\u0DDE"), // sinhala vowel sign gayanukitta
        new('\u0F72', 130, "\u0F71\u0F73"), // tibetan vowel sign i
        new('\u0F74', 132, "\u0F71\u0F75"), // tibetan vowel sign u
        new('\u0F80', 130, "\u0FB2\u0F76\u0FB3\u0F78\u0F71\u0F81"), // tibetan vowel sign reversed i
        new('\u0FB5', 0, "\u0F40\u0F69\u0F90\u0FB9"), // tibetan subjoined letter ssa
        new('\u0FB7', 0, // tibetan subjoined letter ha
            "\u0F42\u0F43\u0F4C\u0F4D\u0F51\u0F52\u0F56\u0F57\u0F5B\u0F5C\u0F92\u0F93\u0F9C\u0F9D"
            + "\u0FA1\u0FA2\u0FA6\u0FA7\u0FAB\u0FAC"),
        new('\u102E', 0, "\u1025\u1026"), // myanmar vowel sign ii
        new('\u1B35', 0, // balinese vowel sign tedung
            "\u1B05\u1B06\u1B07\u1B08\u1B09\u1B0A\u1B0B\u1B0C\u1B0D\u1B0E\u1B11\u1B12\u1B3A\u1B3B"
            + "\u1B3C\u1B3D\u1B3E\u1B40\u1B3F\u1B41\u1B42\u1B43"),
        new('\u3099', 8, // katakana-hiragana voiced sound mark
            "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔ\u309D\u309Eカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビ"
            + "フブヘベホボウヴワヷヰヸヱヹヲヺ\u30FD\u30FE"),
        new('\u309A', 8, "はぱひぴふぷへぺほぽハパヒピフプヘペホポ"), // katakana-hiragana semi-voiced sound mark
    ];

    private static readonly Dictionary<char, (char Letter, char Mark)> Parts = Marks
        .SelectMany(mark => mark.Pairs.Chunk(2).Select(pair => (Composed: pair[1], Letter: pair[0], mark.Character)))
        .ToDictionary(pair => pair.Composed, pair => (pair.Letter, pair.Character));

    private static readonly Dictionary<char, int> Classes = Marks
        .Where(mark => mark.Class > 0).ToDictionary(mark => mark.Character, mark => mark.Class);

    /// <param name="Character">The mark; NUL for letters that are another letter altogether.</param>
    /// <param name="Class">Unicode's combining class: marks of different classes are put in its order, 0 stays.</param>
    /// <param name="Pairs">Letter and composed letter, in turn.</param>
    private sealed record Mark(char Character, int Class, string Pairs);

    /// <summary>The text decomposed; equal for texts that differ only in how they are composed.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var result = new StringBuilder(text.Length * 2);
        foreach (char character in text)
        {
            Append(result, character);
        }

        return result.ToString();
    }

    private static void Append(StringBuilder result, char character)
    {
        if (character is >= FirstSyllable and <= LastSyllable)
        {
            int syllable = character - FirstSyllable;
            result.Append((char)(FirstLead + (syllable / (Vowels * Tails)))).Append((char)(FirstVowel + (syllable / Tails % Vowels)));
            if (syllable % Tails is > 0 and int tail)
            {
                result.Append((char)(BeforeTails + tail));
            }
        }
        else if (Parts.TryGetValue(character, out var parts))
        {
            Append(result, parts.Letter);
            if (parts.Mark != '\0')
            {
                Append(result, parts.Mark);
            }
        }
        else
        {
            int place = result.Length;
            if (Classes.TryGetValue(character, out int order))
            {
                while (place > 0 && Classes.GetValueOrDefault(result[place - 1]) > order)
                {
                    place--;
                }
            }

            result.Insert(place, character);
        }
    }
}
