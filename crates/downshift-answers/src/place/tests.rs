use super::{Zone, bundled, parse};
use crate::reading::Reading;

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    let reading = Reading::of(text).unwrap();
    let found = parse(&reading, 0);
    let zone = found.first().and_then(|(end, place)| match place.zone {
        Zone::Named(zone) if *end == reading.tokens.len() => Some(zone),
        _ => None,
    });
    assert_eq!(zone, expected, "{text:?}");
}

#[test]
fn names_mean_the_place_that_everybody_means() {
    check("Tokyo", Some("Asia/Tokyo"));
    check("london", Some("Europe/London"));
    check("paris", Some("Europe/Paris"));
    check("the hague", Some("Europe/Amsterdam"));
    check("St. Petersburg", Some("Europe/Moscow"));
    check("saint petersburg", Some("Europe/Moscow"));
    check("são paulo", Some("America/Sao_Paulo"));
    check("the uk", Some("Europe/London"));
    check("U.S.", None);
}

#[test]
fn names_of_two_places_mean_neither_until_qualified() {
    for name in [
        "springfield",
        "portland",
        "birmingham",
        "georgia",
        "san jose",
        "victoria",
        "cambridge",
        "usa",
        "russia",
        "congo",
    ] {
        check(name, None);
    }
    check("portland oregon", Some("America/Los_Angeles"));
    check("portland, OR", Some("America/Los_Angeles"));
    check("portland, maine, usa", Some("America/New_York"));
    check("paris, texas", None);
    check("london ontario", Some("America/Toronto"));
    check("birmingham, england", Some("Europe/London"));
    check("tbilisi georgia", Some("Asia/Tbilisi"));
    check("tokyo france", None);
}

#[test]
fn a_word_of_the_question_is_not_a_state() {
    let reading = Reading::of("columbus in tokyo").unwrap();
    assert_eq!(parse(&reading, 0).first().map(|(end, _)| *end), Some(1));
}

#[test]
fn every_zone_of_the_data_is_bundled() {
    let files = [super::CITIES, super::COUNTRIES, super::REGIONS];
    for (file, column) in files.iter().zip([5, 4, 4]) {
        for line in file.lines() {
            let zone = line.split(';').nth(column).unwrap();
            assert!(zone.is_empty() || bundled().get(zone).is_ok(), "{line}");
        }
    }
}

#[test]
fn every_bare_name_is_found_in_its_zone() {
    let mut missed = 0;
    for line in super::CITIES.lines() {
        let cells: Vec<&str> = line.split(';').collect();
        for name in cells[1].split('|').filter(|name| !name.is_empty()) {
            let reading = Reading::bare(name);
            match parse(&reading, 0).first() {
                Some((end, place)) if *end == reading.tokens.len() => {
                    assert_eq!(place.zone, Zone::Named(cells[5]), "{line}");
                }
                _ => missed += 1,
            }
        }
    }
    assert!(missed < 10, "{missed}");
}
