extension Language {
    /// The language's articles, pronouns, prepositions, conjunctions and auxiliaries; empty without a list.
    ///
    /// They serve as stop words, as evidence by which ``LanguageDetector`` distinguishes Latin languages, and as the
    /// words of a question without a topic. Folded like terms (lower case, ё as е), not stemmed.
    package var functionWords: [Substring] { (functionWordLists[self] ?? "").split(separator: " ") }
}

/// Function words of Latin languages without a stemmer (Polish, Czech, Croatian, Vietnamese), so that their texts are
/// not mistaken for another language.
var functionWordsOfOtherLanguages: [Substring] { otherFunctionWords.split(separator: " ") }

private let functionWordLists: [Language: String] = [
    .english: """
    a an the and or but if of in on at by for with from to into onto than then that this these those there here is are was \
    were be been being am do does did has have had not no nor as it its it's he she they them their his her him we us our \
    you your i me my what which who whom whose when where why how will would shall should can could may might must \
    about between during through over under such so also because while other some any each both more most only very \
    just don't doesn't didn't isn't aren't wasn't weren't can't won't wouldn't couldn't shouldn't haven't hasn't
    """,
    .russian: """
    и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня еще \
    нет о об из ему ей им их ими ли или ни быть был была были него нее них до вас вам нам нас мы они оно тебя тебе мой \
    моя мое мои твой свой своя свое свои свою своего своей своих эта этот это эти этой этого этом этих этому тот та те \
    того той тех том тому тем кто кого кому чем чего чему где когда куда какой какая какое какие какого каком какую \
    который которая которое которые которого которой которых котором которую для при без под над про через после перед \
    между также тоже если чтобы потому поэтому уже ведь лишь бывает есть будет будут может можно надо нужно там тут \
    здесь себя себе собой весь вся всего всех всем наш ваш почему зачем сколько очень
    """,
    .german: """
    der die das den dem des ein eine einen einem einer eines und oder aber nicht ist sind war waren wird werden wurde \
    wurden hat haben hatte ich du er sie es wir ihr mich mir dich sich sein seine ihre mit von zu zum zur bei nach aus \
    auf für über unter durch gegen ohne um an am im vom als wie wenn weil dass daß auch nur noch schon sehr was wer wo \
    wann warum welche welcher welches kann können muss soll dieser diese dieses kein keine man bis
    """,
    .french: """
    le la les un une des du de et ou mais est sont était étaient être avoir a ont avait il elle ils elles on nous vous \
    je tu me te se ce cet cette ces son sa ses mon ma mes leur leurs que qui quoi dont où quand comment pourquoi quel \
    quelle quels quelles dans sur sous avec pour par sans chez entre vers aux au en ne pas plus ni si y comme aussi très \
    été fait peut c'est d l s n qu c j m t
    """,
    .spanish: """
    el la los las un una unos unas y o pero no es son era eran fue fueron ser está están estar ha han había haber de del \
    a al en con por para sin sobre entre desde hasta se su sus le les lo me te nos mi tu yo él ella ellos ellas que qué \
    quien quién quiénes cuánto cuánta cuántos cuántas cual cuál cuándo cuando cómo como dónde donde porque muy más también ya si sí este esta estos estas ese \
    esa eso esto hay
    """,
    .italian: """
    il lo la i gli le un uno una e o ma non è sono era erano fu essere ha hanno aveva avere di del dello della dei degli \
    delle a al allo alla ai agli alle da dal dalla dai in nel nello nella nei nelle con su sul sulla per tra fra si che \
    chi cui quale quali quando come dove perché anche più molto questo questa questi queste quello quella suo sua suoi \
    loro ci mi ti se l d un c dell all nell dall sull
    """,
    .portuguese: """
    o a os as um uma uns umas e ou mas não é são era eram foi foram ser estar está estão tem têm tinha ter de do da dos \
    das em no na nos nas por pelo pela pelos pelas para com sem sobre entre até ao aos à às se seu sua seus suas que \
    quem qual quais quando como onde porque muito mais também já eu ele ela eles elas você nós isso isto este esta esse \
    essa lhe há
    """,
    .dutch: """
    de het een en of maar niet is zijn was waren wordt worden werd werden heeft hebben had ik jij je hij zij ze wij we \
    jullie mijn hun haar hem van voor met op in uit aan bij naar door over onder tegen zonder om te tot als dan dat die \
    dit deze er ook nog al zeer wat wie waar wanneer waarom hoe welke kan kunnen moet zal geen
    """,
    .swedish: """
    och eller men inte är var varit vara blir blev har hade ha jag du han hon den det vi ni de dem en ett som att för med \
    av på i till från vid om under över mellan utan efter mot sig sin sitt sina min mitt denna detta dessa när vad vem \
    vilken vilka hur varför också mycket kan ska skulle måste där här så
    """,
    .danish: """
    og eller men ikke er var været være bliver blev har havde have jeg du han hun den det vi i de dem en et som at for \
    med af på til fra ved om under over mellem uden efter mod sig sin sit sine min mit denne dette disse når hvad hvem \
    hvilken hvilke hvordan hvorfor også meget kan skal skulle må der her så nogle
    """,
    .norwegian: """
    og eller men ikke er var vært være blir ble har hadde ha jeg du han hun den det vi dere de dem en ei et som at for \
    med av på i til fra ved om under over mellom uten etter mot seg sin sitt sine min mitt denne dette disse når hva \
    hvem hvilken hvilke hvordan hvorfor også mye kan skal skulle må der her så noen
    """,
    .finnish: """
    ja tai mutta ei en et eivät on ovat oli olivat olla ollut minä sinä hän me te he se ne tämä nämä tuo joka jotka mikä \
    mitkä kuka missä mistä mihin milloin miksi miten kuin että jos kun myös vain vielä jo hyvin kanssa ilman ennen \
    jälkeen hänen sen niiden sitä tätä siitä voi
    """,
    .hungarian: """
    a az egy és vagy de nem is van vannak volt voltak lesz lenni én te ő mi ti ők ez ezek azok amely amelyek aki akik ami \
    hogy ha mint mert csak még már nagyon ki hol mikor miért hogyan milyen melyik meg el fel le be között után előtt \
    alatt által szerint pedig azonban
    """,
    .romanian: """
    și sau dar nu este sunt era erau fost fi are au avea un o unui unei al ale ai ei el ea noi voi eu tu lor lui de din \
    la în pe cu pentru prin fără între spre până după sub că să ce cine care când unde cum cât mai foarte doar acest \
    această aceste acesta aceasta se își ca
    """,
    .turkish: """
    ve veya ama fakat değil bir bu şu o ben sen biz siz onlar onun benim ile için gibi kadar göre sonra önce mi mı mu mü \
    ne kim nerede nasıl niçin neden hangi çok daha en de da ki olan olarak oldu olduğu ise var yok her hem ancak
    """,
    .catalan: """
    el la els les un una uns unes i o però no és són era eren ser estar està ha han havia haver de del dels a al als en \
    amb per sense sobre entre des fins es se seu seva seus seves li que què qui quin quina quan com on perquè molt més \
    també ja aquest aquesta aquests aquestes això hi ho d l s n
    """,
    .basque: """
    eta edo baina ez da dira zen ziren izan du dute zuen zuten bat hau hori hura hauek horiek zer nor non noiz nola zein \
    ere oso bere baino egin ditu dituzte zion zioten
    """,
    .irish: """
    an na agus nó ach ní is tá bhí raibh bheith go gur nach le ag ar as do de faoi i sa san seo sin mé tú sé sí muid siad \
    mo ár cad cé cén conas nuair mar chun idir gan
    """,
    .lithuanian: """
    ir ar arba bet ne yra buvo būti bus aš tu jis ji mes jūs jie jos kad kai kaip kur kas kuris kuri kurie su be iš į \
    nuo iki per prie po dėl už tai šis ši šie tik dar jau labai savo jo
    """,
    .indonesian: """
    yang dan atau tetapi tidak adalah ialah ini itu di ke dari pada untuk dengan oleh dalam sebagai akan telah sudah \
    saya kamu dia mereka kami kita apa siapa mana kapan bagaimana mengapa juga lebih sangat hanya tersebut
    """,
]

private let otherFunctionWords = """
    nie jest się są był była było były jak czy który która które ale oraz dla przez przy od po za tym tego lub \
    že je jsou byl byla bylo který která které pro při jako nebo také aby kde když \
    koji koja koje jest su bio bila bilo kao ili ako gdje kada također \
    và của là không các một được trong cho với những này có \
    sed vel quis quid quod quae quam atque enim eius autem nec nunc tamen donec haec ac lorem ipsum amet eget velit
    """
