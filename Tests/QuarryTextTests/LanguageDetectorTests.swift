import QuarryText
import Testing

struct LanguageDetectorTests {
    private let detector = LanguageDetector()

    @Test(arguments: [
        (Language.english, "Where is the key to the archive, and who has it?"),
        (.russian, "Где лежит ключ от архива и кто его взял?"),
        (.german, "Wo ist der Schlüssel für das Archiv und wer hat ihn?"),
        (.french, "Où est la clé des archives et qui est venu avec elle ?"),
        (.spanish, "¿Dónde está la llave del archivo y quién la tiene?"),
        (.italian, "Dove sono le chiavi dell'archivio e chi le ha prese?"),
        (.portuguese, "Onde está a chave do arquivo e quem não a viu?"),
        (.dutch, "Waar is de sleutel van het archief en wie heeft hem?"),
        (.swedish, "Var är nyckeln till arkivet och vem har den nu, inte jag?"),
        (.finnish, "Missä on arkiston avain ja kuka sen otti, jos se ei ole siellä?"),
        (.hungarian, "Hol van az irattár kulcsa, és ki vitte el, ha nem ő?"),
        (.turkish, "Arşivin anahtarı nerede ve bir daha kim aldı?"),
        (.romanian, "Unde este cheia de la arhivă și cine o are?"),
        (.greek, "Πού είναι το κλειδί;"), (.armenian, "Որտեղ է բանալին"), (.arabic, "أين المفتاح"), (.hindi, "चाबी कहाँ है"),
        (.chinese, "档案室的钥匙在哪里？"), (.japanese, "鍵はどこですか"), (.korean, "열쇠는 어디에 있습니까"),
    ])
    func `one sentence is enough to detect a language`(_ language: Language, _ text: String) {
        #expect(detector.language(of: text) == language)
    }

    @Test(arguments: [
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore.",
        "Lorem ipsum dolor sit amet, consectetuer adipiscing elit. Nam arcu libero, nonummy eget, consectetuer id, vulputate "
            + "a, magna. Pellentesque habitant morbi tristique senectus et netus et malesuada fames ac turpis egestas. Nulla "
            + "et lectus vestibulum urna fringilla ultrices. Donec varius orci eget risus. In hac habitasse platea dictumst.",
        "Gallia est omnis divisa in partes tres, quarum unam incolunt Belgae, aliam Aquitani, tertiam qui ipsorum lingua "
            + "Celtae, nostra Galli appellantur. Hi omnes lingua, institutis, legibus inter se differunt.",
    ])
    func `Latin has no language`(_ text: String) { #expect(detector.language(of: text) == nil) }

    @Test(arguments: ["", "2026", "Hello", "Quarry 2.0", "let index = build(documents)", "Los Angeles, Los Alamos"])
    func `an ambiguous text gives nil`(_ text: String) { #expect(detector.language(of: text) == nil) }

    @Test(arguments: [
        "Де лежить ключ від архіву і хто його взяв?", "Gdzie jest klucz do archiwum i kto go wziął, czy nie on?",
    ])
    func `an unknown language gives nil`(_ text: String) { #expect(detector.language(of: text) == nil) }

    @Test func `Latin identifiers do not make a Russian question English`() {
        #expect(detector.language(of: "Как работает HybridRetriever из QuarryRetrieval?") == .russian)
    }

    @Test func `one function word is enough among few candidates`() {
        #expect(detector.language(of: "Preis der Bücher", among: [.english, .german]) == .german)
        #expect(detector.language(of: "Preis der Bücher", among: [.english, .french]) == nil)
        #expect(detector.language(of: "цена книги", among: [.english]) == nil)
    }

    @Test func `a decomposed text has the language of the composed one`() {
        #expect(detector.language(of: "De\u{301}ja\u{300} vu: où est la clé de l'été ?") == .french)
    }

    @Test func `a short text is in the language of its collection unless it clearly is in another`() {
        #expect(detector.language(of: "Casas rurales", from: .spanish) == .spanish)
        #expect(detector.language(of: "Casas rurales", from: nil) == nil)
        // Two words of French are not a French text among English ones.
        #expect(detector.language(of: "Les Halles, une etude", from: .english) == .english)
        #expect(
            detector.language(of: "Où est la clé des archives et qui est venu avec elle ?", from: .english) == .french)
        #expect(detector.language(of: "Где лежит ключ от архива?", from: .english) == .russian)
        #expect(
            detector.language(of: "The office closes at noon.", from: .russian)
                == detector.language(of: "The office closes at noon."))
    }
}
