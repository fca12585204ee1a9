import QuarryText

/// Words that form a question but carry no topic.
enum FunctionWords {
    /// The function words of English and Russian, and words typical of questions and short replies.
    static let all: [String] =
        [Language.english, .russian].flatMap(\.functionWords).map(String.init)
        + ofQuestions.split(separator: " ").map(String.init)

    private static let ofQuestions = """
        above after again against all before below doing done down few further having many much off once out own please s \
        same t tell too until up больше будто даже два другой ж каким какими каких каков какова кем много наконец ней \
        нибудь ним ничего ну один опять откуда потом почти раз разве сам сейчас совсем теперь тогда три уж хоть чей чтоб \
        чье чьи чья эту является являлась являлись являлся являются
        """
}
