/// Words that questions are built with and that say nothing of what is asked about.
enum FunctionWords {
    static let all: [String] = (english + " " + russian).split(separator: " ").map(String.init)

    private static let english = """
        a an the what which who whom whose when where why how is are was were be been being am do does did done doing has \
        have had having can could will would shall should may might must of in on at by for with about against between \
        into through during before after above below to from up down out off over under again further then once here \
        there all any both each few more most other some such no nor not only own same so than too very s t just and but \
        if or because as until while i me my we our you your he him his she her it its they them their this that these \
        those many much tell please also
        """

    private static let russian = """
        а и в во не на я с со как что то все она они он оно так его но да ты к у же вы за бы по только ее мне было вот от \
        меня еще нет о об из ему теперь когда даже ну ли если уже или ни быть был была были него до вас нибудь опять уж \
        вам ведь там потом себя ничего ей может тут где есть надо ней для мы тебя их чем сам чтоб без будто чего раз тоже \
        себе под будет ж тогда кто этот того потому этого какой какая какое какие каком какую какого каких каков какова \
        совсем ним здесь этом один почти мой тем чтобы нее сейчас куда зачем всех можно при это эта эти этих наконец два \
        другой хоть после над больше тот через нас про всего них много разве три эту моя свою этой перед чей чья чье чьи \
        сколько почему откуда кого кому кем каким какими является являются являлся являлась являлись который которая \
        которое которые которого которой которых
        """
}
