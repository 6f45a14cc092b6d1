//! Unicode forms: what each character is compared as.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What a character becomes, pushed to `out`; nothing for marks and invisible characters.
pub(super) fn fold(character: char, out: &mut String) {
    match character {
        'A'..='Z' => out.push(character.to_ascii_lowercase()),
        '\0'..='\x7f' => out.push(character),
        '‘' | '’' | 'ʻ' | '′' | '＇' | '´' => out.push('\''),
        '“' | '”' | '„' | '″' | '«' | '»' | '＂' => out.push('"'),
        '‐' | '‑' | '‒' | '–' | '—' | '−' | '﹣' | '－' => out.push('-'),
        '×' | '✕' | '✖' | '⋅' | '·' | '∗' | '＊' => out.push('*'),
        '÷' | '∕' | '⁄' | '／' => out.push('/'),
        '²' => out.push_str("^2"),
        '³' => out.push_str("^3"),
        '…' => out.push('…'),
        'º' | '˚' => out.push('°'),
        'ß' => out.push_str("ss"),
        'æ' | 'Æ' => out.push_str("ae"),
        'œ' | 'Œ' => out.push_str("oe"),
        'ø' | 'Ø' => out.push('o'),
        'ł' | 'Ł' => out.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
        'þ' | 'Þ' => out.push_str("th"),
        'ı' => out.push('i'),
        'μ' | 'µ' => out.push('µ'),
        '\u{2126}' => out.push('ω'),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
        '⁰' | '¹' | '⁴'..='⁹' | '₀'..='₉' | '½'..='¾' | '⅐'..='⅞' => {
            out.push(character);
        }
        _ => {
            let folded = std::iter::once(character)
                .nfkd()
                .filter(|part| !is_combining_mark(*part))
                .flat_map(char::to_lowercase);
            out.extend(folded);
        }
    }
}

/// A fraction written as one character, as numerator and denominator.
pub(super) fn fraction(character: char) -> Option<(u8, u8)> {
    Some(match character {
        '½' => (1, 2),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅕' => (1, 5),
        '⅖' => (2, 5),
        '⅗' => (3, 5),
        '⅘' => (4, 5),
        '⅙' => (1, 6),
        '⅚' => (5, 6),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        _ => return None,
    })
}
