//! Attributes that are said in many orders of the same few words: letter codes and calling codes.

/// The name under which a table has an attribute that was said with these words.
///
/// "ISO 3166 alpha-2 code" and "2 letter country code" are a "two letter code"; "country code for
/// phone" is a "calling code".
pub(super) fn canonical(words: &[&str]) -> Option<&'static str> {
    letters(words).or_else(|| calling(words))
}

fn letters(words: &[&str]) -> Option<&'static str> {
    const KNOWN: &[&str] = &[
        "iso", "3166", "1", "-", "alpha", "letter", "letters", "country", "code", "official",
    ];
    let size = |word: &&&str| match **word {
        "2" | "two" | "alpha2" => Some("two letter code"),
        "3" | "three" | "alpha3" => Some("three letter code"),
        _ => None,
    };
    let mut sizes = words.iter().filter_map(|word| size(&word));
    let found = sizes.next().filter(|_| sizes.next().is_none())?;
    let known = words
        .iter()
        .all(|word| KNOWN.contains(word) || size(&word).is_some());
    let lettered = words
        .iter()
        .any(|word| word.starts_with("alpha") || word.starts_with("letter"));
    let coded = words.contains(&"code") || words.contains(&"iso");
    (known && lettered && coded).then_some(found)
}

fn calling(words: &[&str]) -> Option<&'static str> {
    const MEANS: &[&str] = &[
        "phone",
        "phones",
        "telephone",
        "telephones",
        "calling",
        "calls",
        "dialling",
        "dialing",
        "dial",
    ];
    const KNOWN: &[&str] = &["international", "country", "code", "prefix", "for", "the"];
    let known = words
        .iter()
        .all(|word| KNOWN.contains(word) || MEANS.contains(word));
    let called = words.iter().any(|word| MEANS.contains(word));
    let coded = words.contains(&"code") || words.contains(&"prefix");
    (known && called && coded && words.last() != Some(&"for")).then_some("calling code")
}
