"""Writes encodings.json: the tables of single-byte encodings and encoded sentences, by Python's codecs.

tables: for each encoding the code points of the bytes 0x80 to 0xFF, 0 where a byte has no meaning.
samples: an encoding, a text, and its pieces: bytes as hexadecimal, and the character, "" for an escape sequence.
"""
import json
import pathlib
import re

TABLES = {
    "windows-1250": "cp1250", "windows-1251": "cp1251", "windows-1252": "cp1252", "windows-1253": "cp1253",
    "windows-1254": "cp1254", "windows-1255": "cp1255", "windows-1256": "cp1256", "windows-1257": "cp1257",
    "ISO-8859-2": "iso8859_2", "ISO-8859-5": "iso8859_5", "ISO-8859-6": "iso8859_6", "ISO-8859-7": "iso8859_7",
    "ISO-8859-15": "iso8859_15", "KOI8-R": "koi8_r", "KOI8-U": "koi8_u", "IBM850": "cp850", "IBM852": "cp852",
    "IBM855": "cp855", "IBM866": "cp866", "x-mac-cyrillic": "mac_cyrillic", "macintosh": "mac_roman",
    "TIS-620": "tis_620",
}
RUSSIAN = "Вчера вечером мы долго спорили о погоде, и сосед оказался прав: к утру дороги размыло."
CZECH = "Včera večer jsme dlouho mluvili o počasí; řeka byla ještě studená a všude ležel sníh."
GERMAN = "Die Bäckerei öffnet früh, die Straße ist noch leer. Où est passé le garçon ? El niño soñó."
GREEK = "Χθες το βράδυ μιλούσαμε πολλή ώρα για τον καιρό και το πρωί ο δρόμος ήταν υγρός."
ARABIC = "تحدثنا مساء أمس طويلا عن الطقس وفي الصباح كانت الطريق مبللة والماء باردا."
JAPANESE = "きのうの夜は天気の話を長くした。朝になると道はぬれていて、コーヒーが冷めていた。Room 12です。"
CHINESE = "昨天晚上我们谈了很久天气，早上的路是湿的，他说这个地方的水还是很冷。Room 12。"
TRADITIONAL = "昨天晚上我們談了很久天氣，早上的路是濕的，他說這個地方的水還是很冷。Room 12。"
KOREAN = "어제 저녁에 우리는 날씨에 대해 오래 이야기했다. 아침에는 길이 젖어 있었고 커피는 식었다. Room 12"
SAMPLES = [
    ("windows-1250", "cp1250", CZECH + " „Zítra“"),
    ("windows-1251", "cp1251", RUSSIAN + " «Да» — №5"), ("windows-1252", "cp1252", GERMAN + " “It’s £5”"),
    ("windows-1253", "cp1253", GREEK + " “Άλλο”"),
    ("windows-1254", "cp1254", "Dün akşam hava hakkında uzun süre konuştuk; sabah yol ıslaktı ve güneş doğmuştu."),
    ("windows-1255", "cp1255", "אתמול בערב דיברנו זמן רב על מזג האוויר, ובבוקר הדרך הייתה רטובה והמים קרים."),
    ("windows-1256", "cp1256", ARABIC),
    ("windows-1257", "cp1257", "Vakar vakarą ilgai kalbėjomės apie orą, o rytą kelias buvo šlapias ir žąsys jau išskrido."),
    ("ISO-8859-2", "iso8859_2", CZECH), ("ISO-8859-5", "iso8859_5", RUSSIAN), ("ISO-8859-6", "iso8859_6", ARABIC),
    ("ISO-8859-7", "iso8859_7", GREEK + " Άλλο"),
    ("ISO-8859-15", "iso8859_15", "Au cœur de l'été, un café coûte déjà 5 € et le gâteau 7 €, sans compter les œufs."),
    ("KOI8-R", "koi8_r", RUSSIAN),
    ("KOI8-U", "koi8_u", "Вчора ввечері ми довго говорили про погоду; її змінив дощ, і в Києві з'явився туман."),
    ("IBM850", "cp850", GERMAN), ("IBM852", "cp852", CZECH), ("IBM855", "cp855", RUSSIAN), ("IBM866", "cp866", RUSSIAN),
    ("x-mac-cyrillic", "mac_cyrillic", RUSSIAN), ("macintosh", "mac_roman", GERMAN),
    ("TIS-620", "tis_620", "เมื่อวานตอนเย็นเราคุยกันเรื่องอากาศนานมาก ตอนเช้าถนนเปียกและน้ำเย็น"),
    ("Shift_JIS", "cp932", JAPANESE + "ﾊﾝｶｸ ソ能表①"), ("EUC-JP", "euc_jp", JAPANESE + "ﾊﾝｶｸ 侒鷗"),
    ("GB18030", "gb18030", CHINESE + "𠮷€😀 ą"), ("Big5", "cp950", TRADITIONAL + "功許蓋"),
    ("EUC-KR", "cp949", KOREAN + " 똠방각하 韓國"), ("Johab", "johab", KOREAN + " 똠방각하"),
    ("ISO-2022-JP", "iso2022_jp_ext", JAPANESE + "ﾊﾝｶｸ\n第二行の文。¥5"), ("ISO-2022-JP", "iso2022_jp_2", JAPANESE + "한국 侒"),
    ("ISO-2022-KR", "iso2022_kr", KOREAN + "\n다음 줄"),
]


def table(codec):
    def scalar(byte):
        try:
            return ord(bytes([byte]).decode(codec))
        except UnicodeDecodeError:
            return 0
    return [scalar(byte) for byte in range(0x80, 0x100)]


def pieces(codec, text):
    if not codec.startswith("iso2022"):
        return [[character.encode(codec).hex(), character] for character in text]
    found, rest = [], iter(text)
    # Escape sequences and shifts, then characters: two bytes while a set of pairs is selected.
    escape = re.compile(rb"\x1b(?:\$\([A-D]|\$\)C|\$[@AB]|\([BJI])|\x0e|\x0f")
    data, offset, width, last = text.encode(codec), 0, 1, b""
    while offset < len(data):
        match = escape.match(data, offset)
        if match:
            last = match.group()
            width = width if last == b"\x1b$)C" else 2 if last[1:2] == b"$" or last == b"\x0e" else 1
            found.append([last.hex(), ""])
            offset = match.end()
        else:
            length = 1 if data[offset] < 0x21 else width
            found.append([data[offset:offset + length].hex(), next(rest)])
            offset += length
    assert "".join(character for _, character in found) == text
    return found


content = {
    "tables": {name: table(codec) for name, codec in TABLES.items()},
    "samples": [
        {"encoding": name, "text": text, "pieces": pieces(codec, text)} for name, codec, text in SAMPLES
    ],
}
for name, codec, text in SAMPLES:
    assert text.encode(codec).decode(codec) == text, name
path = pathlib.Path(__file__).with_name("encodings.json")
path.write_text(json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n")
