//! Places and the time zones they keep; a name that may mean two of them means none.

use std::{collections::HashMap, sync::LazyLock};

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::reading::{Kind, Reading, fold_key};

mod zone_name;

/// A place, or a zone by its own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// What a sentence calls it: "Tokyo, Japan", "mainland Spain", "Eastern Time".
    pub(crate) name: &'static str,
    /// Its IANA zone, or a fixed offset in minutes.
    pub(crate) zone: Zone,
    /// It is a zone by its own name ("UTC", "Eastern Time"), not a place in one.
    pub(crate) is_zone: bool,
}

/// Where a place's clock comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Zone {
    /// An IANA identifier.
    Named(&'static str),
    /// A fixed offset: minutes east of Greenwich.
    Fixed(i32),
    /// A standard or summer time by name: the offset in minutes, and the zone that keeps it for
    /// a part of the year. In the other part people mean the zone, so there is no sure answer.
    Seasonal(i32, &'static str),
    /// The caller's own.
    Here,
    /// Several zones, or none that is sure.
    Unsure,
}

impl Zone {
    /// The zone's rules, when they are sure at that instant.
    pub(crate) fn rules(self, context: &crate::Context<'_>) -> Option<TimeZone> {
        match self {
            Self::Named(name) => bundled().get(name).ok(),
            Self::Fixed(minutes) => fixed(minutes),
            Self::Seasonal(minutes, name) => {
                let zone = bundled().get(name).ok()?;
                (zone.to_offset(context.now).seconds() == minutes * 60).then_some(zone)
            }
            Self::Here => context.zone.cloned(),
            Self::Unsure => None,
        }
    }
}

/// The zones that the binary carries, whatever the machine has: answers are the same everywhere.
fn bundled() -> &'static TimeZoneDatabase {
    static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
    &BUNDLED
}

fn fixed(minutes: i32) -> Option<TimeZone> {
    jiff::tz::Offset::from_seconds(minutes * 60)
        .ok()
        .map(jiff::tz::Offset::to_time_zone)
}

/// The longest name, in tokens.
const MAX_WORDS: usize = 8;

/// All places that start at `at`, the longest first; a name with two zones is `Unsure`.
pub(crate) fn parse(reading: &Reading, at: usize) -> Vec<(usize, Place)> {
    if let Some(found) = zone_name::offset(reading, at) {
        return vec![found];
    }
    let whole = names_from(reading, at);
    if whole.is_empty() && reading.is(at, "the") {
        names_from(reading, at + 1)
    } else {
        whole
    }
}

/// The longest name that starts at a token, and what it may be without a last "time".
fn names_from(reading: &Reading, start: usize) -> Vec<(usize, Place)> {
    let mut found = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut comma = false;
    for end in start..(start + MAX_WORDS).min(reading.tokens.len()) {
        let token = &reading.tokens[end];
        if joins(token) {
            comma |= token.is(",") || token.is("(");
            continue;
        }
        if token.kind == Kind::Symbol && !token.is("/") {
            break;
        }
        let word = if token.text == "saint" {
            "st"
        } else {
            &token.text
        };
        if token.is("'s") {
            // "st. john's" is one name.
            if let Some(last) = words.last_mut() {
                last.push('s');
            }
        } else {
            words.push(word.to_owned());
        }
        let key = words.join(" ");
        // "columbus in tokyo time" is not Columbus, Indiana; "columbus, in" is.
        let closes = end + 1 == reading.tokens.len() && is_only_a_state(word);
        if !comma && words.len() > 1 && is_function_word(word) && !closes {
            continue;
        }
        if let Some(place) = by_name(&key, &words) {
            found.push((end + 1, place));
        }
    }
    found.reverse();
    // "san jose california" is not also "san jose": the longest name is the name.
    let longest = found.first().map(|(end, _)| *end);
    found.retain(|(end, _)| {
        longest.is_some_and(|longest| {
            *end == longest || (*end + 1 == longest && reading.is(*end, "time"))
        })
    });
    found
}

/// A place, or a zone of America by the word alone, where a time stands before it: "3pm eastern".
pub(crate) fn parse_zone(reading: &Reading, at: usize) -> Vec<(usize, Place)> {
    let word = reading.get(at).map_or("", |token| token.text.as_str());
    let american = ["eastern", "central", "mountain", "pacific"].contains(&word);
    match zone_name::named(&format!("{word} time"))
        .filter(|_| american && !reading.is(at + 1, "time"))
    {
        Some(place) => vec![(at + 1, place)],
        None => parse(reading, at),
    }
}

/// Abbreviations of states that are also words of a question.
fn is_function_word(word: &str) -> bool {
    matches!(
        word,
        "in" | "or"
            | "me"
            | "ok"
            | "hi"
            | "oh"
            | "la"
            | "de"
            | "co"
            | "id"
            | "ma"
            | "pa"
            | "on"
            | "al"
            | "mt"
            | "md"
            | "ct"
            | "act"
            | "wa"
            | "sa"
    )
}

/// All cities of that name, as they are displayed.
pub(crate) fn cities(name: &str) -> Option<Vec<&'static str>> {
    let cities = ATLAS.cities.get(fold_key(name).as_str())?;
    Some(cities.iter().map(|city| city.place.name).collect())
}

/// Those of them that mean nothing else at the end of a question: "seattle wa".
fn is_only_a_state(word: &str) -> bool {
    matches!(
        word,
        "wa" | "sa" | "al" | "mt" | "md" | "ct" | "pa" | "ma" | "co"
    )
}

/// Tokens inside a name that carry nothing.
fn joins(token: &crate::reading::Token) -> bool {
    token.kind == Kind::Symbol && matches!(token.text.as_str(), "," | "-" | "." | "_" | "(" | ")")
}

fn by_name(key: &str, words: &[String]) -> Option<Place> {
    let atlas = &*ATLAS;
    if let Some(place) = zone_name::named(key) {
        return Some(place);
    }
    if let Some(place) = atlas.bare.get(key) {
        return Some(*place);
    }
    (1..words.len()).find_map(|split| {
        let (name, qualifier) = (words[..split].join(" "), words[split..].join(" "));
        atlas.qualified(&name, &qualifier)
    })
}

/// What the data files say, by folded name.
struct Atlas {
    bare: HashMap<&'static str, Place>,
    /// All cities of a name with their region and country.
    cities: HashMap<&'static str, Vec<City>>,
    /// Region or country names and abbreviations.
    areas: HashMap<&'static str, Vec<Area>>,
}

#[derive(Clone, Copy)]
struct City {
    place: Place,
    region: &'static str,
    country: &'static str,
}

/// A region of a country, or a country with no region.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Area {
    region: Option<&'static str>,
    country: &'static str,
}

impl Atlas {
    fn qualified(&self, name: &str, qualifier: &str) -> Option<Place> {
        let cities = self.cities.get(name)?;
        let mut areas: Vec<Area> = Vec::new();
        for area in self.areas.get(qualifier).into_iter().flatten() {
            areas.push(*area);
        }
        // "portland oregon usa"
        if areas.is_empty() {
            let (region, country) = qualifier.rsplit_once(' ')?;
            let countries = self.areas.get(country)?;
            for area in self.areas.get(region).into_iter().flatten() {
                if countries
                    .iter()
                    .any(|c| c.region.is_none() && c.country == area.country)
                {
                    areas.push(*area);
                }
            }
        }
        let mut found = cities.iter().filter(|city| {
            areas.iter().any(|area| {
                area.country == city.country
                    && area.region.is_none_or(|region| region == city.region)
            })
        });
        let first = found.next()?.place;
        let sure = found.all(|other| other.place.zone == first.zone);
        Some(if sure {
            first
        } else {
            Place {
                name: first.name,
                zone: Zone::Unsure,
                is_zone: false,
            }
        })
    }

    fn read() -> Self {
        let mut atlas = Self {
            bare: HashMap::new(),
            cities: HashMap::new(),
            areas: HashMap::new(),
        };
        let mut countries: HashMap<&str, &str> = HashMap::new();
        for line in [COUNTRIES, REGIONS].iter().flat_map(|text| text.lines()) {
            let mut cells = line.split(';');
            let mut cell = || cells.next().unwrap_or_default();
            let (display, names, only, country, zone, own) =
                (cell(), cell(), cell(), cell(), cell(), cell());
            let is_country = !countries.contains_key(country);
            if is_country {
                countries.insert(country, own);
            }
            let zone = if zone.is_empty() {
                Zone::Unsure
            } else {
                Zone::Named(zone)
            };
            let area = Area {
                region: (!is_country).then_some(own),
                country,
            };
            for name in names.split('|').filter(|name| !name.is_empty()) {
                atlas.add(
                    name,
                    Place {
                        name: display,
                        zone,
                        is_zone: false,
                    },
                );
                atlas.areas.entry(name).or_default().push(area);
            }
            for name in only.split('|').filter(|name| !name.is_empty()) {
                atlas.areas.entry(name).or_default().push(area);
            }
        }
        for line in CITIES.lines() {
            atlas.read_city(line, &countries);
        }
        atlas
    }

    fn read_city(&mut self, line: &'static str, countries: &HashMap<&str, &str>) {
        let mut cells = line.split(';');
        let mut cell = || cells.next().unwrap_or_default();
        let (name, bare, others, region, country, zone) =
            (cell(), cell(), cell(), cell(), cell(), cell());
        let within = match (country, region) {
            ("US" | "CA" | "AU", region) if !region.is_empty() => region,
            ("GB", _) => "UK",
            _ => countries
                .get(country)
                .copied()
                .map_or("", |name| name.trim_start_matches("the ")),
        };
        let display =
            if within.is_empty() || fold_key(within) == fold_key(name) || name.contains(',') {
                name.to_owned()
            } else {
                format!("{name}, {within}")
            };
        // Read once for the life of the process, like the text it comes from.
        let place = Place {
            name: Box::leak(display.into_boxed_str()),
            zone: Zone::Named(zone),
            is_zone: false,
        };
        for key in bare.split('|').filter(|key| !key.is_empty()) {
            self.add(key, place);
        }
        for key in bare
            .split('|')
            .chain(others.split('|'))
            .filter(|key| !key.is_empty())
        {
            self.cities.entry(key).or_default().push(City {
                place,
                region,
                country,
            });
        }
    }

    /// A second place of the same bare name in another zone makes it unsure.
    fn add(&mut self, name: &'static str, place: Place) {
        match self.bare.get_mut(name) {
            Some(known) if known.zone != place.zone => known.zone = Zone::Unsure,
            Some(_) => {}
            None => drop(self.bare.insert(name, place)),
        }
    }
}

static ATLAS: LazyLock<Atlas> = LazyLock::new(Atlas::read);

/// The bundled IANA identifiers by their lower-case form.
fn iana_names() -> &'static HashMap<String, &'static str> {
    static NAMES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        bundled()
            .available()
            .map(|name| {
                let name: &'static str = Box::leak(name.as_str().to_owned().into_boxed_str());
                (name.to_lowercase(), name)
            })
            .collect()
    });
    &NAMES
}

/// Countries with the one zone that they keep. Names and codes: ISO 3166; zones: IANA `zone.tab`.
const COUNTRIES: &str = include_str!("../data/countries.txt");
/// States, provinces and islands. Zones: IANA.
const REGIONS: &str = include_str!("../data/regions.txt");
/// Cities and zones: `GeoNames` (geonames.org), CC BY 4.0.
const CITIES: &str = include_str!("../data/cities.txt");

#[cfg(test)]
mod tests;
