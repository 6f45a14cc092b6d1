//! Sums that are more often names: "24/7", "9/11", "2026-11-26", "555-1234", "1920x1080".

use crate::reading::{Kind, Reading, Token};

/// Whether the numbers of the question are joined so tightly by one sign that they may be a date,
/// a score, a telephone number, a size or a saying, and not a sum.
pub(crate) fn is_label(reading: &Reading) -> bool {
    let Some(start) = reading.tokens.iter().position(is_digits) else {
        return false;
    };
    if has_date(reading) || has_mixed(reading) || has_name(reading) || is_screen(reading) {
        return true;
    }
    let (before, rest) = reading.tokens.split_at(start);
    // "18 - 25" is an age group, however it is spaced.
    let is_range = before.is_empty() && rest.len() == 3 && rest[1].is("-");
    let sum: Vec<&Token> = rest
        .iter()
        .enumerate()
        .take_while(|(index, token)| {
            let fits = if index % 2 == 0 {
                is_digits(token)
            } else {
                is_sign(token)
            };
            fits && (*index == 0 || !token.spaced || is_range)
        })
        .map(|(_, token)| token)
        .collect();
    let asks = |words: &[&str]| {
        before
            .iter()
            .any(|token| words.iter().any(|word| token.is(word)))
    };
    if sum.len() != rest.len()
        || sum.len() < 3
        || asks(&["calculate", "compute", "evaluate", "solve"])
    {
        return false;
    }
    if sum
        .iter()
        .skip(1)
        .step_by(2)
        .any(|sign| sign.text != sum[1].text)
    {
        return false;
    }
    if sum.len() > 3 {
        return before.is_empty();
    }
    // "1,000,000 - 1" is no age group; "1,000 - 2,000" may be a range.
    let number = |index: usize| {
        let value = sum.get(index).and_then(|token| token.value());
        value
            .and_then(|value| crate::number::integer_in(&value, 0..=i64::MAX))
            .unwrap_or(0)
    };
    let (first, second) = (number(0), number(2));
    let asked = !before.is_empty() || sum[2].spaced;
    match sum[1].text.as_str() {
        "/" => !is_division(first, second),
        "-" => !asked || first <= second || (first, second) == (10, 4),
        _ => !(asked || is_table(first, second)) || (first >= 200 && second >= 200),
    }
}

/// Whether three whole numbers are joined tightly by the same dash or slash, somewhere.
fn has_date(reading: &Reading) -> bool {
    reading.tokens.windows(5).any(|five| {
        let numbers = five.iter().step_by(2).all(is_digits);
        let signs = five[1].text == five[3].text && (five[1].is("-") || five[1].is("/"));
        numbers && signs && five.iter().skip(1).all(|token| !token.spaced)
    })
}

/// Whether a whole number is joined to a fraction by a dash ("2-1/2"), which is one number to carpenters.
fn has_mixed(reading: &Reading) -> bool {
    let tokens = &reading.tokens;
    (0..tokens.len()).any(|at| {
        let dashed = tokens.get(at).is_some_and(is_digits)
            && reading
                .get(at + 1)
                .is_some_and(|dash| dash.is("-") && !dash.spaced)
            && reading.get(at + 2).is_some_and(|top| !top.spaced);
        let fraction = crate::number::slashed(reading, at + 2);
        // "1/2-1/4" is a difference.
        let whole = at == 0 || !reading.is(at - 1, "/");
        dashed && whole && fraction.is_some_and(|(_, part)| part < crate::number::whole(1))
    })
}

/// Whether a dash joins a number in digits to one in words ("7-eleven").
fn has_name(reading: &Reading) -> bool {
    reading.tokens.windows(3).any(|three| {
        let word = |at: usize| three[at].kind == Kind::Word;
        let tight = three[1].is("-") && !three[1].spaced && !three[2].spaced;
        tight && (is_digits(&three[0]) && word(2) || word(0) && is_digits(&three[2]))
    })
}

/// "1920 x 1080": two sides in the proportion of a screen, and nothing else.
fn is_screen(reading: &Reading) -> bool {
    const PROPORTIONS: &[(i64, i64)] = &[(16, 9), (16, 10), (4, 3), (5, 4), (21, 9)];
    let [wide, sign, high] = reading.tokens.as_slice() else {
        return false;
    };
    let (Some(wide), Some(high)) = (wide.integer(), high.integer()) else {
        return false;
    };
    let fits = |(w, h): &(i64, i64)| wide.checked_mul(*h) == high.checked_mul(*w);
    sign.typed == "x" && high >= 400 && PROPORTIONS.iter().any(fits)
}

fn is_digits(token: &Token) -> bool {
    token.kind == Kind::Number && token.text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_sign(token: &Token) -> bool {
    token.is("-") || token.is("/") || token.is("x")
}

/// "7x8" is of the multiplication table, and no size that anything is sold in.
fn is_table(first: i64, second: i64) -> bool {
    let small = (6..=12).contains(&first) && (6..=12).contains(&second);
    let odd = [7, 9, 11].iter().any(|odd| first == *odd || second == *odd);
    let sold = [(6, 9), (9, 12), (8, 11), (9, 11)];
    let size = (first.min(second), first.max(second));
    small && odd && first != second && !sold.contains(&size)
}

/// Neither a day of a month, nor a blood pressure, nor a split of a hundred.
fn is_division(top: i64, bottom: i64) -> bool {
    let pressure = (80..=220).contains(&top) && (40..=130).contains(&bottom);
    top > 31 && bottom > 0 && top != bottom && top + bottom != 100 && !pressure
}
