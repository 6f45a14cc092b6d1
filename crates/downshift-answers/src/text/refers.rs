//! Words that stand where a text could stand and point at something else.

/// Whether an unquoted operand may be meant as the name of a thing, and not as a text.
pub(super) fn elsewhere(text: &str) -> bool {
    let word = text.to_lowercase();
    let shape = text.contains(['.', '/', '\\', '@', '~', '$', '%', '(', '[', '{', '<']);
    shape
        || WORDS
            .lines()
            .any(|line| line.split(' ').any(|known| known == word))
}

/// So many letters no name of a person or a language has.
pub(super) const LONG: usize = 14;

/// Whether an unquoted word may be the name of a language or script, whose alphabet has letters too.
pub(super) fn language(text: &str) -> bool {
    let word = text.to_lowercase();
    let ending = ["ese", "ish", "ian", "ic", "ean"]
        .iter()
        .any(|ending| word.ends_with(ending) && word.chars().count() < LONG);
    ending
        || LANGUAGES
            .lines()
            .any(|line| line.split(' ').any(|known| known == word))
}

/// Whether one letter "in" it may be a unit, a coin or a magnitude ("how many k in a million").
pub(super) fn measured(text: &str) -> bool {
    let word = text.to_lowercase();
    MEASURED
        .lines()
        .any(|line| line.split(' ').any(|known| known == word))
}

/// Whether the words after a colon end in a demand that is not part of the text
/// ("reverse this: hello world in python").
pub(super) fn trails(text: &str) -> bool {
    let lower = text.to_lowercase();
    let lower = lower.trim_end_matches(['.', '!', '?', ' ']);
    let mut words = lower.split_whitespace().rev();
    let last = words.next().unwrap_or_default();
    let joined = words
        .take(2)
        .any(|word| ["in", "as", "to", "into", "by", "using", "with", "for"].contains(&word));
    JOINTS.iter().any(|joint| lower.contains(joint))
        || (joined && (FORMS.split_whitespace().any(|form| form == last) || language(last)))
}

/// What joins a demand to a text.
const JOINTS: &[&str] = &[
    " then ",
    " and explain",
    " and tell",
    " and translate",
    " and convert",
    " and reverse",
    " and also ",
    " and make ",
    " and count",
    " and give ",
    " and uppercase",
    " and sort",
    " and write",
    " step by step",
    " without using",
    " using ",
];

const FORMS: &str = "\
python java javascript typescript rust go golang c c++ c# php ruby perl bash sql excel swift kotlin
json yaml xml csv markdown table list italian english caps order length uppercase lowercase base64
hex binary";

/// Whether a quoted text may be the name of a work, whose words and characters are others.
pub(super) fn titled(text: &str) -> bool {
    let is_large = |word: &str| word.starts_with(char::is_uppercase);
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let others = || {
        words
            .clone()
            .filter(|word| word.len() > 3 || is_large(word))
    };
    let ends = text.ends_with(['.', '!', '?']) || first.eq_ignore_ascii_case("hello");
    is_large(first) && !ends && others().all(is_large)
}

const LANGUAGES: &str = "\
french german dutch greek hindi urdu bengali tamil telugu malayalam kannada gujarati marathi punjabi
nepali thai lao khmer czech slovak hebrew yiddish latin sanskrit pali swahili zulu xhosa hausa yoruba
igbo somali afrikaans basque welsh farsi dari pashto kurdish uzbek kazakh kyrgyz tajik mongol malay
tagalog filipino maori hawaiian samoan tongan esperanto klingon elvish quechua guarani catalan
cyrillic braille morse hangul hiragana katakana kanji devanagari runes runic sign creole cree inuktitut
cherokee navajo nahuatl mandarin cantonese hokkien breton galician frisian manx sinhala tibetan uyghur";

const MEASURED: &str = "\
hundred thousand million billion trillion lakh crore dozen marathon mile miles pound pounds dollar
dollars euro euros penny cent cents year years month months week weeks day days hour hours minute
minutes second seconds gallon gallons litre liter litres liters pint quart cup teaspoon tablespoon
ounce gram kilogram ton tonne metre meter kilometre kilometer inch foot feet yard acre byte kilobyte
megabyte gigabyte terabyte circle turn degree atom mole water glucose methane ethanol ammonia benzene
caffeine salt deck roman chemistry physics music scale volt watt joule newton gold silver";

/// Demonstratives; documents and their parts; things that are hashed, encoded or turned round;
/// systems that come as images with checksums; board games whose letters are tiles.
const WORDS: &str = "\
a an the this that these those it its them they he she i me you we us my your our everything
something anything nothing all each every any some one here there above below following given
provided attached previous last next first second same other another
text texts string strings word words letter letters phrase sentence sentences line lines paragraph
paragraphs essay essays article story poem document documents file files folder folders page pages
book books message messages email emails name names username usernames title titles heading headings
header headers column columns row rows cell cells table tables field fields key keys value values
input output variable variables list lists array arrays object objects function functions class
classes data dataset database content contents code script program comment comments keyword keywords
order count limit processor cloud search game problem problems art wrap length number numbers integer
integers character characters char chars byte bytes bit bits unicode ascii utf8 alphabet vowels
consonants syllable syllables language languages
password passwords passphrase secret secrets token tokens credential credentials pin hash hashes
digest checksum checksums signature signatures certificate certificates image images iso video photo
picture audio song binary base64 hex hexadecimal json xml yaml html css sql csv url urls uri uris
link links cookie cookies jwt payload request response body address addresses
algorithm algorithms encryption encoding decoding collision collisions salt rainbow
polarity gravity osmosis mortgage psychology engineering engineer lookup dns proxy image gear card
aging ageing climate curse flash vending video swing cowgirl charge chronological alphabetical time
course direction decision change diabetes uno side entropy split string
ubuntu debian fedora windows linux macos android kali arch centos alpine bitcoin ethereum block
genesis docker git commit github python java javascript typescript rust golang php ruby perl bash
powershell excel oracle postgres postgresql mysql sqlite
scrabble boggle wordle bananagrams bible quran torah koran constitution";
