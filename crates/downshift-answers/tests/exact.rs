//! What is computed agrees with arithmetic done elsewhere.

mod support;

use proptest::prelude::*;

/// The number after the last "is" or "=" of an answer, as a float.
fn result(query: &str) -> Option<f64> {
    let answers = support::ask_all(query);
    let [(_, text)] = answers.as_slice() else {
        return None;
    };
    text.rsplit([' ', '='])
        .find_map(|word| word.trim_end_matches('.').replace(',', "").parse().ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn whole_sums_agree_with_machine_integers(a in -1_000_000_i128..1_000_000, b in 1_i128..1_000_000, c in 1_i128..1_000) {
        for (query, expected) in [
            (format!("what is {a} + {b}"), a + b),
            (format!("what is {a} - {b} * {c}"), a - b * c),
            (format!("calculate ({a} + {b}) * {c}"), (a + b) * c),
            (format!("{b} mod {c}"), b % c),
        ] {
            let text = support::ask_all(&query).pop().map(|(_, text)| text.replace(',', ""));
            prop_assert!(text.as_ref().is_some_and(|text| text.ends_with(&format!("= {expected}."))), "{query}: {text:?}");
        }
    }

    #[test]
    fn decimals_have_no_float_noise(a in 0_i64..100_000, b in 0_i64..100_000) {
        let (left, right) = (format!("{}.{:02}", a / 100, a % 100), format!("{}.{:02}", b / 100, b % 100));
        let text = support::ask_all(&format!("{left} + {right}")).pop().map(|(_, text)| text.replace(',', ""));
        let sum = a + b;
        let expected = format!("{}.{:02}", sum / 100, sum % 100);
        let expected = expected.trim_end_matches('0').trim_end_matches('.');
        prop_assert!(text.as_ref().is_some_and(|text| text.ends_with(&format!("= {expected}."))), "{left} + {right}: {text:?}");
    }

    #[test]
    fn conversions_round_trip(value in 1_u32..100_000, pair in prop::sample::select(vec![("miles", "km"), ("pounds", "kg"), ("feet", "metres"), ("acres", "hectares"), ("psi", "bar"), ("stone", "kg"), ("knots", "mph"), ("fahrenheit", "celsius"), ("btu", "kj"), ("radians", "degrees")])) {
        let (from, to) = pair;
        let there = number_before(&support::ask_all(&format!("{value} {from} to {to}")));
        prop_assert!(there.is_some());
        let there = there.unwrap();
        let query = format!("{there} {to} to {from}");
        let back = number_before(&support::ask_all(&query));
        let relative = back.map(|back| (back - f64::from(value)).abs() / f64::from(value));
        prop_assert!(relative.is_some_and(|relative| relative < 1e-3), "{query}: {back:?}");
    }
}

/// The number after "is" or "is about".
fn number_before(answers: &[(&str, String)]) -> Option<f64> {
    let (_, text) = answers.first()?;
    let after = text.split(" is ").nth(1)?;
    let after = after.strip_prefix("about ").unwrap_or(after);
    after.split(' ').next()?.replace(',', "").parse().ok()
}

#[test]
fn functions_agree_with_the_standard_library() {
    for (query, expected) in [
        ("sqrt(2)", 2_f64.sqrt()),
        ("ln(10)", 10_f64.ln()),
        ("cube root of 10", 10_f64.cbrt()),
        ("sin 10 degrees", 10_f64.to_radians().sin()),
        ("cos(pi / 5)", (std::f64::consts::PI / 5.0).cos()),
        ("log base 3 of 10", 10_f64.ln() / 3_f64.ln()),
        ("2^0.3", 2_f64.powf(0.3)),
    ] {
        let found = result(query);
        assert!(
            found.is_some_and(|found| (found - expected).abs() < 1e-8),
            "{query}: {found:?}"
        );
    }
}
