import QuarryText

/// Groups of words that can replace each other in most sentences, in English and Russian.
struct Synonyms: Sendable {
    /// For a stem, the groups that it is in.
    private let groups: [String: Set<Int>]

    init(_ reader: TermReader) {
        var groups: [String: Set<Int>] = [:]
        for (number, line) in Self.lines.split(separator: "\n").enumerated() {
            for word in line.split(separator: " ") {
                if let stem = reader.words(String(word)).terms.first { groups[stem, default: []].insert(number) }
            }
        }
        self.groups = groups
    }

    func areSynonyms(_ stem: String, _ other: String) -> Bool {
        guard let first = groups[stem], let second = groups[other] else { return false }
        return !first.isDisjoint(with: second)
    }

    private static let lines = """
        large big huge great major vast
        small little tiny minor
        begin began start started commence launched
        end ended finish finished conclude concluded complete completed
        call called named known termed dubbed
        many numerous several various multiple
        some several few certain
        located situated found lies based
        use used employ employed utilize utilized apply applied
        important significant key major crucial essential
        make made produce produced create created build built construct constructed
        show shows showed demonstrate demonstrates indicate indicates reveal reveals display displays
        people persons individuals humans
        say says said state states stated report reported tell told note noted announce announced
        get got receive received obtain obtained acquire acquired
        buy bought purchase purchased acquire acquired
        give gave provide provided offer offered supply supplied
        need needs require requires required
        help helps aid assist assisted support
        kill killed slay murdered
        die died death passed
        keep kept retain retained maintain maintained
        happen happened occur occurred
        become became turned
        large main principal chief primary
        fast quick rapid swift
        near close nearby
        often frequently commonly usually
        about approximately around roughly nearly almost
        contain contains include includes comprise comprises consist consists
        establish established found founded create created set form formed
        change changed alter altered modify modified
        think thought believe believed consider considered regard regarded
        live lives lived reside resides resided
        work works worked job
        pay pays paid cost costs
        fee price cost charge
        yearly annual annually year
        monthly month
        weekly week
        daily day
        hourly hour
        car vehicle automobile
        film movie
        country nation state
        town city
        firm company business enterprise
        house home building
        allow allows allowed permit permits permitted let
        forbid forbidden prohibit prohibited ban banned
        choose chose chosen select selected pick picked
        lead led head headed
        increase increased rise rose grow grew
        decrease decreased fall fell decline declined drop dropped reduce reduced
        write wrote written author authored
        like such including
        also too additionally
        большой крупный огромный
        маленький небольшой малый
        начать начал начался стал
        закончить закончил завершил завершился
        называется именуется зовется
        несколько ряд некоторые
        много множество многие
        использовал применял использует применяет использовать применять используется применяется
        важный значимый значительный главный основной
        был являлся является
        сделал создал построил произвел
        показывает демонстрирует
        люди человек
        сказал заявил сообщил отметил
        получил приобрел
        купил приобрел
        находится расположен расположена расположено
        нужно необходимо требуется
        можно разрешено разрешается
        фильм кинофильм кинокартина
        страна государство
        город городок
        компания фирма предприятие
        дом здание
        цена стоимость плата
        начинается открывается
        находится стоит расположен расположена расположено расположены
        увеличился увеличилась увеличилось вырос выросла выросло возрос возросла
        уменьшился уменьшилась снизился снизилась сократился сократилась упал упала
        ежегодно ежегодный годовой год
        ежемесячно ежемесячный месячный месяц
        ремонтирует чинит
        forbidden prohibited banned
        """
}
