extension LaTeXParser {
    static let levels: [String: Int] = [
        "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5, "subparagraph": 6,
        "frametitle": 3,
    ]

    static let theoremNames: Set<String> = [
        "theorem", "lemma", "corollary", "proposition", "definition", "remark", "example", "proof", "conjecture",
        "claim",
        "exercise", "axiom", "notation",
    ]

    /// Macros that print nothing of their arguments, and how many they have.
    static let skipped: [String: Int] = [
        "label": 1, "index": 1, "input": 1, "include": 1, "includegraphics": 1, "bibliography": 1,
        "bibliographystyle": 1,
        "vspace": 1, "hspace": 1, "usepackage": 1, "documentclass": 1, "newcommand": 2, "renewcommand": 2,
        "providecommand": 2, "newenvironment": 3, "renewenvironment": 3, "def": 1, "let": 0, "setlength": 2,
        "addtolength": 2, "setcounter": 2, "addtocounter": 2, "pagestyle": 1, "thispagestyle": 1, "pagenumbering": 1,
        "color": 1, "definecolor": 3, "cite": 1, "citep": 1, "citet": 1, "citeauthor": 1, "nocite": 1, "ref": 1,
        "eqref": 1,
        "pageref": 1, "autoref": 1, "cref": 1, "Cref": 1, "nameref": 1, "vref": 1, "hyphenation": 1, "graphicspath": 1,
        "addcontentsline": 3, "addbibresource": 1, "cline": 1, "cmidrule": 1, "fontsize": 2, "selectfont": 0,
        "tableofcontents": 0, "listoffigures": 0, "listoftables": 0, "printbibliography": 0, "hline": 0, "toprule": 0,
        "midrule": 0, "bottomrule": 0, "noindent": 0, "centering": 0, "raggedright": 0, "newtheorem": 2, "bibitem": 1,
        "phantomsection": 0, "appendix": 0, "hypersetup": 1, "lstset": 1, "DeclareMathOperator": 2, "special": 1,
        "markboth": 2, "markright": 1, "vfill": 0, "hfill": 0, "rule": 2, "itemsep": 0, "makeatletter": 0,
        "makeatother": 0, "usetikzlibrary": 1, "theoremstyle": 1, "numberwithin": 2, "newcounter": 1, "stepcounter": 1,
        "refstepcounter": 1, "stop": 0, "relax": 0, "ensuremath": 0, "glsadd": 1, "newglossaryentry": 2,
        "newacronym": 3,
        "indent": 0, "small": 0, "footnotesize": 0, "large": 0, "Large": 0, "LARGE": 0, "huge": 0, "Huge": 0, "tiny": 0,
        "normalsize": 0, "scriptsize": 0, "bf": 0, "it": 0, "tt": 0, "em": 0, "rm": 0, "sf": 0, "sc": 0, "sl": 0,
        "bfseries": 0, "itshape": 0, "ttfamily": 0, "itemindent": 0,
    ]

    static let symbols: [String: String] = [
        "LaTeX": "LaTeX", "TeX": "TeX", "LaTeXe": "LaTeX2e", "BibTeX": "BibTeX", "ldots": "…", "dots": "…",
        "textellipsis": "…",
        "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
        "AA": "Å",
        "i": "ı", "j": "ȷ", "S": "§", "P": "¶", "dag": "†", "ddag": "‡", "copyright": "©", "pounds": "£",
        "texteuro": "€",
        "euro": "€", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textbar": "|",
        "textless": "<",
        "textgreater": ">", "textunderscore": "_", "textendash": "–", "textemdash": "—", "textbullet": "•",
        "textquotedblleft": "“", "textquotedblright": "”", "textregistered": "®", "texttrademark": "™",
        "textdegree": "°",
        "quad": " ", "qquad": " ", "space": " ", "slash": "/", "lbrace": "{", "rbrace": "}", "today": "",
        "guillemotleft": "«",
        "guillemotright": "»", "og": "« ", "fg": " »", "textquotesingle": "'", "nobreakspace": " ", "ie": "i.e.",
        "eg": "e.g.",
        "lq": "‘", "rq": "’", "textdollar": "$", "textpercent": "%", "textsection": "§",
    ]

    static let accents: [UInt8: String] = [
        UInt8(ascii: "'"): "\u{301}", UInt8(ascii: "`"): "\u{300}", UInt8(ascii: "^"): "\u{302}",
        UInt8(ascii: "\""): "\u{308}",
        UInt8(ascii: "~"): "\u{303}", UInt8(ascii: "="): "\u{304}", UInt8(ascii: "."): "\u{307}",
    ]
    static let letterAccents: [String: String] = [
        "c": "\u{327}", "v": "\u{30C}", "u": "\u{306}", "H": "\u{30B}", "r": "\u{30A}", "k": "\u{328}", "d": "\u{323}",
        "b": "\u{331}",
    ]
}
