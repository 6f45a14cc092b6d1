//! Guesses the name that was meant by one that does not exist.

/// The candidate that `written` was probably meant to be, if any is near enough.
///
/// Near enough is the same but for letter case, `-` and `_`; or at most one edit
/// (insertion, deletion, substitution, swap of neighbours) for every three letters.
///
/// ```
/// assert_eq!(downshift_policy::nearest("modle", ["model", "key"]), Some("model"));
/// assert_eq!(downshift_policy::nearest("colour", ["model", "key"]), None);
/// ```
pub fn nearest<'n>(
    written: &str,
    candidates: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    // Longer names are no typing slips, and comparing takes the product of both lengths.
    const LONGEST: usize = 64;
    if written.len() > LONGEST {
        return None;
    }
    let folded = fold(written);
    let allowed = (folded.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&folded, &fold(candidate)),
                candidate,
            )
        })
        .filter(|(distance, candidate)| {
            *distance <= allowed && *distance < candidate.chars().count()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn fold(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[track_caller]
    fn check(written: &str, expected: Option<&str>) {
        let known = [
            "model",
            "models",
            "base_url",
            "include_usage",
            "llm",
            "time",
            "n",
        ];
        assert_eq!(nearest(written, known), expected);
    }

    #[test]
    fn slips_find_the_name_that_was_meant() {
        check("modle", Some("model"));
        check("Model", Some("model"));
        check("base-url", Some("base_url"));
        check("baseURL", Some("base_url"));
        check("include_usages", Some("include_usage"));
        check("lmm", Some("llm"));
        check("tmie", Some("time"));
    }

    #[test]
    fn other_words_find_nothing() {
        check("temperature", None);
        check("x", None);
        check("", None);
        check(&"model".repeat(100), None);
    }
}
