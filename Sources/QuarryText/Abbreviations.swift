/// Abbreviations that do not end a sentence, in lower case, without their last full stop.
struct Abbreviations: Sendable {
    static let standard = Abbreviations()

    /// Followed by a name, a number or a word: Dr., им., e. g.
    let continuing = Self.words(
        """
        dr mr mrs ms mx prof rev hon st mt ft gen col capt lt sgt sen rep gov pres messrs mme mlle sr sra fr hr \
        vs viz cf ca approx al e.g i.e eg ie resp z.b d.h u.a bzw usw vgl \
        jan feb apr jun jul aug sep sept oct nov dec \
        г.г им ул пр-т просп пер пл наб бул ш пос дер с ст обл р-н респ мкр корп кв \
        акад проф доц канд гр гос тов св о-в о-ва зам зав ген англ нем фр франц итал исп лат греч рус укр \
        напр т.е т.н т.к ср см подр буквально букв сокр \
        янв февр мар апр авг сент окт нояб дек
        """)
    /// Followed only by a number: fig. 3, рис. 5, стр. 12.
    let beforeNumbers = Self.words(
        """
        no nos nr fig figs eq eqs sec sect ch chap vol vols pp p par para art ref refs tab pt ed abb s bd \
        рис табл гл стр с п пп ст ч т вып изд разд прим илл ил №№ д кв оф эт тел корп стр-е ок
        """)
    /// Words that begin a new sentence after `U.S.`.
    let openers = Self.words(
        """
        the a an in on at it he she they we this that these those but and or if when while after before however for as \
        since his her its our their there what who where why how
        """)

    private static func words(_ list: String) -> Set<String> { Set(list.split(separator: " ").map(String.init)) }
}
