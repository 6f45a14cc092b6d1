//! Hides how it is told that a text is surely not English, in microseconds.
//!
//! Whoever asks for "50 usd to eur" or writes a name has said nothing of a language, so the question is not which
//! language a text is in, but whether it can be English at all. A text of another script cannot. One of Latin letters
//! is taken for another language only if it has some words, next to none of which are the small words of English, and
//! at least one that is a small word of another language or has a letter that English has not; only then is it looked
//! at by letter frequencies (`whatlang`), which must not find it English either.

use whatlang::{Lang, Script};

/// Bytes of a text that are looked at.
const SAMPLE: usize = 600;
/// With fewer words than this nothing is said of a text in Latin letters.
const FEWEST_WORDS: usize = 5;
/// The share of words, as one in so many, that small words of English must stay under.
const ENGLISH: usize = 6;
/// The share of words, as one in so many, that must be small words of other languages, or hold their letters.
const FOREIGN: usize = 4;
/// A language is named if it is found with at least this confidence, else it is only not English.
const NAMED: f64 = 0.2;

/// Small words of English that are none of its neighbours' as well.
const OF_ENGLISH: &[&str] = &[
    "about",
    "after",
    "all",
    "and",
    "any",
    "are",
    "at",
    "be",
    "been",
    "but",
    "by",
    "can",
    "can't",
    "could",
    "did",
    "does",
    "don't",
    "find",
    "for",
    "from",
    "get",
    "give",
    "had",
    "has",
    "have",
    "how",
    "i'd",
    "i'm",
    "if",
    "english",
    "into",
    "it",
    "it's",
    "let's",
    "many",
    "much",
    "must",
    "my",
    "need",
    "not",
    "of",
    "or",
    "our",
    "out",
    "please",
    "set",
    "she",
    "should",
    "than",
    "that",
    "the",
    "their",
    "them",
    "there",
    "these",
    "they",
    "this",
    "to",
    "translate",
    "tell",
    "turn",
    "up",
    "us",
    "want",
    "were",
    "what",
    "what's",
    "when",
    "where",
    "which",
    "who",
    "why",
    "will",
    "with",
    "would",
    "you",
    "your",
];

/// Small words of languages in Latin letters, none of which English has.
const OF_OTHERS: &[&str] = &[
    // German
    "der", "das", "und", "ist", "nicht", "ich", "ein", "eine", "einen", "mit", "wie", "bitte",
    "kannst", "kann", "mein", "meine", "auf", "für", "zu", "sind", "wird", "werden", "dem",
    // Dutch
    "het", "een", "tien", "mijl", "laat", "ik", "niet", "wat", "hoe", "hoeveel", "mijn", "voor",
    "zijn", "kun", // French
    "les", "est", "une", "je", "vous", "pouvez", "quelle", "quel", "mon", "dans", "pour", "avec",
    "combien", "où", "il", "sont", // Spanish
    "el", "una", "por", "qué", "cuál", "cuántos", "quiero", "para", "es", "que", "como", "cómo",
    // Portuguese
    "uma", "não", "o", "meu", "minha", "quero", "qual", "quantos", "você", "são", "em", "quanto",
    // Italian
    "che", "il", "della", "sono", "vorrei", "quanti", "mio", "è", // Polish, Czech
    "jest", "jaka", "jak", "nie", "ile", "proszę", "moje", "jaký", "kolik", "je", "która",
    // Swedish, Danish, Norwegian, Finnish
    "jag", "och", "vad", "nu", "är", "att", "det", "hvad", "jeg", "og", "ikke", "mitä", "mikä",
    "hur", "kan", // Turkish
    "bir", "bu", "ne", "kaç", "için", "nedir", "mı", "nasıl", // Romanian, Hungarian
    "este", "cât", "care", "și", "hány", "egy", "nem", // Indonesian, Vietnamese
    "saya", "yang", "berapa", "apa", "tidak", "untuk", "là", "bao", "của",
];

/// A language that a text is surely in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Language(&'static str);

impl Language {
    /// English, or a text that says nothing of its language.
    pub const ENGLISH: Self = Self("en");
    /// Some language that is surely not English, and not surely another.
    pub const OTHER: Self = Self("other");

    /// Its code of ISO 639 (two letters where there are two), or `other`.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// What `text` is in, [`Language::ENGLISH`] unless it is surely something else. Of a long text the start is read.
    pub fn of(text: &str) -> Self {
        let text = &text[..text.floor_char_boundary(SAMPLE)];
        if !is_foreign(text) {
            return Self::ENGLISH;
        }
        match whatlang::detect(text) {
            Some(found) if found.lang() == Lang::Eng && found.script() == Script::Latin => {
                Self::ENGLISH
            }
            Some(found) if found.confidence() >= NAMED => named(found.lang()),
            _ => Self::OTHER,
        }
    }
}

/// Whether the script, or the small words, rule English out.
fn is_foreign(text: &str) -> bool {
    let (mut latin, mut others) = (0_usize, 0_usize);
    let letters = text.chars().filter(|letter| letter.is_alphabetic());
    for letter in letters {
        *(if is_latin(letter) {
            &mut latin
        } else {
            &mut others
        }) += 1;
    }
    if others > latin {
        // A formula in Greek letters is no language.
        return others > 2;
    }
    let (mut words, mut english, mut foreign) = (0_usize, 0_usize, 0_usize);
    let between = |letter: char| !(letter.is_alphabetic() || letter == '\'' || letter == '’');
    for word in text.split(between).filter(|word| !word.is_empty()) {
        let word = word.to_lowercase().replace('’', "'");
        words += 1;
        let word = word.as_str();
        english += usize::from(OF_ENGLISH.contains(&word) || word.ends_with("n't"));
        foreign += usize::from(word.contains(is_accented) || OF_OTHERS.contains(&word));
    }
    words >= FEWEST_WORDS && english * ENGLISH < words && foreign * FOREIGN >= words
}

/// Letters that languages other than English write.
fn is_accented(letter: char) -> bool {
    matches!(letter, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Latin letters, plain, accented, full-width, or of another shape as mathematics has them.
fn is_latin(letter: char) -> bool {
    matches!(letter,
        'a'..='z' | 'A'..='Z' | '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{250}'..='\u{2af}'
        | '\u{1e00}'..='\u{1eff}' | '\u{2100}'..='\u{218f}' | '\u{24b6}'..='\u{24e9}' | '\u{fb00}'..='\u{fb06}'
        | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}' | '\u{b5}')
}

fn named(lang: Lang) -> Language {
    let code = match lang {
        Lang::Ara => "ar",
        Lang::Bul => "bg",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hun => "hu",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Nob => "no",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tha => "th",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Vie => "vi",
        _ => return Language::OTHER,
    };
    Language(code)
}

#[cfg(test)]
mod tests;
