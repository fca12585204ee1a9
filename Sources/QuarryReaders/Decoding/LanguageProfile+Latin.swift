extension LanguageProfile {
    static let german = LanguageProfile(
        .latin,
        [
            "ä": 0.58, "ö": 0.44, "ü": 1, "ß": 0.31, "é": 0.02, "à": 0.005,
        ])
    static let french = LanguageProfile(
        .latin,
        [
            "é": 1.5, "è": 0.27, "ê": 0.22, "à": 0.49, "â": 0.05, "ç": 0.085, "î": 0.045, "ï": 0.008, "ô": 0.05,
            "ù": 0.058, "û": 0.06, "ë": 0.008, "œ": 0.1, "æ": 0.001, "ü": 0.002,
        ])
    static let spanish = LanguageProfile(
        .latin,
        [
            "á": 0.5, "é": 0.43, "í": 0.73, "ó": 0.83, "ú": 0.17, "ñ": 0.31, "ü": 0.012, "ç": 0.002, "à": 0.002,
            "¿": 0.1, "¡": 0.1, "«": 0.05, "»": 0.05,
        ])
    static let portuguese = LanguageProfile(
        .latin,
        [
            "ã": 0.73, "ç": 0.53, "é": 0.34, "á": 0.12, "ê": 0.45, "ó": 0.3, "í": 0.13, "õ": 0.3, "ú": 0.2, "â": 0.2,
            "à": 0.07, "ô": 0.1, "ü": 0.01,
        ])
    static let italian = LanguageProfile(
        .latin,
        [
            "à": 0.64, "è": 0.4, "é": 0.1, "ì": 0.1, "ò": 0.2, "ù": 0.17, "î": 0.002,
        ])
    static let swedish = LanguageProfile(
        .latin,
        [
            "å": 1.34, "ä": 1.8, "ö": 1.3, "é": 0.05, "ü": 0.01,
        ])
    static let danish = LanguageProfile(
        .latin,
        [
            "å": 1.19, "æ": 0.87, "ø": 0.94, "é": 0.05, "ö": 0.01, "ä": 0.01,
        ])
    static let dutch = LanguageProfile(
        .latin,
        [
            "ë": 0.1, "é": 0.1, "ï": 0.03, "ö": 0.01, "ó": 0.02, "è": 0.02, "ü": 0.01, "ê": 0.005, "ç": 0.002,
            "à": 0.003,
        ])
    /// Icelandic texts are rare, and their letters share bytes with letters of other languages.
    static let icelandic = LanguageProfile(
        .latin, prior: -4,
        [
            "ð": 4.4, "á": 1.8, "þ": 1.45, "í": 1.57, "æ": 0.87, "ó": 1, "ö": 0.78, "é": 0.65, "ú": 0.6, "ý": 0.23,
        ])
    static let english = LanguageProfile(
        .latin,
        [
            "’": 30, "“": 12, "”": 12, "–": 8, "—": 8, "…": 3, "é": 5, "•": 4, "£": 4, "€": 4, "°": 4, "©": 4,
            "®": 2, "½": 2, "¼": 1, "¾": 0.5, "²": 1, "³": 0.5, "µ": 1, "±": 1, "×": 1, "‘": 3, "§": 2, "·": 2,
            "¢": 0.5, "™": 2, "š": 1, "ž": 0.5, "ï": 0.5, "ç": 0.3, "ñ": 0.3, "ö": 0.5, "ü": 0.5,
        ])
    static let catalan = LanguageProfile(
        .latin,
        [
            "à": 0.7, "è": 0.4, "é": 0.5, "í": 0.6, "ò": 0.5, "ó": 0.6, "ç": 0.3, "ú": 0.2, "ï": 0.1, "ü": 0.03,
            "·": 0.05,
        ])
    static let czech = LanguageProfile(
        .latin,
        [
            "á": 0.87, "č": 1, "ď": 0.015, "é": 1.1, "ě": 1.22, "í": 2.6, "ň": 0.02, "ó": 0.024, "ř": 1, "š": 0.8,
            "ť": 0.02, "ú": 0.1, "ů": 0.5, "ý": 0.995, "ž": 0.8,
        ])
    static let slovak = LanguageProfile(
        .latin,
        [
            "á": 2, "ä": 0.1, "č": 1.1, "ď": 0.2, "é": 0.8, "í": 1, "ľ": 0.4, "ĺ": 0.02, "ň": 0.2, "ó": 0.1,
            "ô": 0.2, "ŕ": 0.01, "š": 0.9, "ť": 0.5, "ú": 0.9, "ý": 1, "ž": 0.9,
        ])
    static let polish = LanguageProfile(
        .latin,
        [
            "ą": 0.9, "ć": 0.45, "ę": 1.1, "ł": 2, "ń": 0.25, "ó": 0.9, "ś": 0.7, "ź": 0.08, "ż": 0.8,
        ])
    static let hungarian = LanguageProfile(
        .latin,
        [
            "á": 3.4, "é": 3.5, "í": 0.6, "ó": 1.1, "ö": 1.1, "ő": 1, "ú": 0.3, "ü": 0.6, "ű": 0.25,
        ])
    static let romanian = LanguageProfile(
        .latin,
        [
            "ă": 4, "â": 0.6, "î": 1.2, "ş": 1.3, "ţ": 1.2,
        ])
    static let croatian = LanguageProfile(
        .latin,
        [
            "č": 1, "ć": 0.6, "đ": 0.25, "š": 1, "ž": 0.6,
        ])
    static let slovene = LanguageProfile(
        .latin,
        [
            "č": 1.4, "š": 1, "ž": 0.7,
        ])
    static let turkish = LanguageProfile(
        .latin,
        [
            "ç": 1.15, "ğ": 1.1, "ı": 5.1, "ö": 0.8, "ş": 1.8, "ü": 1.85, "â": 0.05, "İ": 0.3,
        ])
    static let lithuanian = LanguageProfile(
        .latin,
        [
            "ą": 0.5, "č": 0.5, "ę": 0.2, "ė": 1.5, "į": 0.6, "š": 1, "ų": 1.3, "ū": 0.4, "ž": 0.8,
        ])
    static let latvian = LanguageProfile(
        .latin,
        [
            "ā": 4, "č": 0.2, "ē": 1.8, "ģ": 0.15, "ī": 2, "ķ": 0.15, "ļ": 0.3, "ņ": 0.5, "š": 1, "ū": 0.5,
            "ž": 0.25,
        ])
    static let estonian = LanguageProfile(
        .latin,
        [
            "ä": 1, "õ": 1, "ö": 0.4, "ü": 0.7, "š": 0.02, "ž": 0.02,
        ])
}
