use crate::{Context, Question, Table, answerer};

#[track_caller]
fn check(table: &Table, query: &str, expected: Option<&str>) {
    let context = Context {
        now: jiff::Timestamp::UNIX_EPOCH,
        zone: None,
        table: Some(table),
    };
    let answer = answerer("lookup")
        .unwrap()
        .answer(&Question::alone(query), &context);
    assert_eq!(
        answer.map(|answer| answer.text).as_deref(),
        expected,
        "{query:?}"
    );
}

#[test]
fn attributes_of_an_operators_own_table() {
    let csv = "product,aliases,price|cost,colour\nWidget,gadget,5 EUR,red;blue\nGizmo,,7 EUR,\nGizmo Pro,,9 EUR,red\n";
    let table = Table::from_csv("products", csv).unwrap();
    check(
        &table,
        "what is the price of the widget?",
        Some("The price of Widget is 5 EUR."),
    );
    check(
        &table,
        "what's the cost of a gadget",
        Some("The price of Widget is 5 EUR."),
    );
    check(
        &table,
        "gadget price",
        Some("The price of Widget is 5 EUR."),
    );
    check(
        &table,
        "what are the colours of widget",
        Some("The colours of Widget are red and blue."),
    );
    check(&table, "colour of gizmo", None);
    check(
        &table,
        "price of gizmo pro",
        Some("The price of Gizmo Pro is 9 EUR."),
    );
    check(&table, "price of gizmo pro max", None);
    check(
        &table,
        "which product has the price 7 EUR",
        Some("7 EUR is the price of Gizmo."),
    );
    check(&table, "which product has the colour red", None);
    check(&table, "why is the price of widget 5 EUR", None);
}

#[test]
fn whole_questions_are_found_after_normalisation() {
    let pairs = vec![(
        "How do I get a refund?".to_owned(),
        "Write to us.".to_owned(),
    )];
    let table = Table::from_pairs("faq", pairs);
    check(
        &table,
        "hi, HOW DO I GET A REFUND please",
        Some("Write to us."),
    );
    check(&table, "how do i get a refund for a friend", None);
}

#[test]
fn meanings() {
    let table = Table::from_csv(
        "codes",
        "code,aliases,meaning\nHTTP 404,404|status 404,Not Found\n",
    )
    .unwrap();
    check(
        &table,
        "what does http 404 mean?",
        Some("HTTP 404 means Not Found."),
    );
    check(&table, "what is a 404", Some("HTTP 404 means Not Found."));
    check(&table, "404", None);
    check(&table, "what is a 404 page", None);
}

#[test]
fn the_shipped_country_table_is_sound() {
    let table = Table::from_csv(
        "countries",
        include_str!("../../../../config/countries.csv"),
    )
    .unwrap();
    assert!(table.len() >= 195);
    check(
        &table,
        "capital of the netherlands",
        Some("The capital of the Netherlands is Amsterdam."),
    );
    check(
        &table,
        "what is the currency of lesotho",
        Some("The currencies of Lesotho are the Lesotho loti and the South African rand."),
    );
    check(
        &table,
        "what is the capital of usa",
        Some("The capital of the United States is Washington, D.C."),
    );
    for contested in [
        "israel",
        "palestine",
        "georgia",
        "jersey",
        "nauru",
        "korea",
        "congo",
    ] {
        check(&table, &format!("what is the capital of {contested}"), None);
    }
}

#[test]
fn the_other_shipped_tables_answer() {
    let shipped = |name: &str, csv| Table::from_csv(name, csv).unwrap();
    let elements = shipped("elements", include_str!("../../../../config/elements.csv"));
    assert_eq!(elements.len(), 118);
    check(
        &elements,
        "what is the chemical symbol for gold?",
        Some("The symbol of gold is Au."),
    );
    check(
        &elements,
        "atomic number of oxygen",
        Some("The atomic number of oxygen is 8."),
    );
    check(
        &elements,
        "which element has the atomic number 79",
        Some("79 is the atomic number of gold."),
    );
    check(
        &elements,
        "which element has the symbol Fe",
        Some("Fe is the symbol of iron."),
    );
    check(&elements, "symbol of hope", None);
    let status = shipped(
        "http-status",
        include_str!("../../../../config/http-status.csv"),
    );
    check(
        &status,
        "what does http 404 mean",
        Some("HTTP 404 means Not Found."),
    );
    check(
        &status,
        "what is status code 503",
        Some("HTTP 503 means Service Unavailable."),
    );
    check(&status, "what is 404 in binary", None);
    for number in [
        "what is 404",
        "what is 100",
        "what does 200 mean",
        "what is a 100",
    ] {
        check(&status, number, None);
    }
    let missing = Some("HTTP 404 means Not Found.");
    check(&status, "what does 404 mean", missing);
    check(&status, "what is a 404", missing);
}

#[test]
fn ports_and_media_types_answer() {
    let shipped = |name: &str, csv| Table::from_csv(name, csv).unwrap();
    let ports = shipped("ports", include_str!("../../../../config/ports.csv"));
    check(
        &ports,
        "what port does https use",
        Some("The default port of HTTPS is 443."),
    );
    check(
        &ports,
        "default port of postgres",
        Some("The default port of PostgreSQL is 5432."),
    );
    check(
        &ports,
        "which service uses port 22",
        Some("22 is the default port of SSH."),
    );
    let types = shipped(
        "mime-types",
        include_str!("../../../../config/mime-types.csv"),
    );
    check(
        &types,
        "what is the mime type of svg",
        Some("The MIME type of .svg files is image/svg+xml."),
    );
    check(
        &types,
        "content type for json",
        Some("The MIME type of .json files is application/json."),
    );
}

fn shipped(name: &str) -> Table {
    let csv = match name {
        "countries" => include_str!("../../../../config/countries.csv"),
        "elements" => include_str!("../../../../config/elements.csv"),
        "http-status" => include_str!("../../../../config/http-status.csv"),
        _ => include_str!("../../../../config/ports.csv"),
    };
    Table::from_csv(name, csv).unwrap()
}

#[test]
fn countries_by_any_order_of_words() {
    let table = shipped("countries");
    for (query, expected) in [
        ("whats canadas capital", "The capital of Canada is Ottawa."),
        (
            "what country is bratislava the capital of",
            "Bratislava is the capital of Slovakia.",
        ),
        (
            "uk country code for phone",
            "The calling code of the United Kingdom is +44.",
        ),
        (
            "what country code is +81",
            "+81 is the calling code of Japan.",
        ),
        (
            "+39 is which country's calling code?",
            "+39 is the calling code of Italy.",
        ),
        (
            "iso 3166 alpha-2 code of spain",
            "The two-letter code of Spain is ES.",
        ),
        (
            "what is croatia's 3-letter ISO code?",
            "The three-letter code of Croatia is HRV.",
        ),
        (
            "what country is ZA",
            "ZA is the two-letter code of South Africa.",
        ),
        (
            "iso code CHE is what country",
            "CHE is the three-letter code of Switzerland.",
        ),
        (
            "what country is the .nl domain",
            ".nl is the top-level domain of the Netherlands.",
        ),
        ("portugal is in which continent", "Portugal is in Europe."),
        ("what continent is peru", "Peru is in South America."),
    ] {
        check(&table, query, Some(expected));
    }
    for query in [
        "WHAT COUNTRY IS IT",
        "what country is it",
        "what was the capital of japan",
        "what was canada's capital",
        "which country uses calling code 1",
        "what country is the capital of",
        "what country is paris the largest city of",
        "what is the default country capital",
        "peru continent drift",
        "japan yen country",
    ] {
        check(&table, query, None);
    }
}

#[test]
fn elements_by_symbol_number_and_weight() {
    let table = shipped("elements");
    for (query, expected) in [
        ("what element is Fe", "Fe is the symbol of iron."),
        ("element with symbol Ag", "Ag is the symbol of silver."),
        ("element number 92", "92 is the atomic number of uranium."),
        (
            "element with atomic number 10",
            "10 is the atomic number of neon.",
        ),
        ("what is element 8", "8 is the atomic number of oxygen."),
        (
            "atomic mass of carbon",
            "The standard atomic weight of carbon is 12.011.",
        ),
        (
            "gold's atomic weight",
            "The standard atomic weight of gold is 196.97.",
        ),
    ] {
        check(&table, query, Some(expected));
    }
    for query in [
        "element 8",
        "fifth element",
        "what is element 119",
        "what element is fire",
        "element of surprise",
        "atomic weight of technetium",
        "atomic mass of carbon dioxide",
        "atomic number 9",
    ] {
        check(&table, query, None);
    }
}

#[test]
fn status_codes_by_number_among_nouns_and_by_meaning() {
    let table = shipped("http-status");
    for (query, expected) in [
        ("http status 404", "HTTP 404 means Not Found."),
        ("what is a 404 error", "HTTP 404 means Not Found."),
        (
            "what does a 503 status code mean",
            "HTTP 503 means Service Unavailable.",
        ),
        ("304 http status", "HTTP 304 means Not Modified."),
        (
            "what does 301 mean in http",
            "HTTP 301 means Moved Permanently.",
        ),
        (
            "http 418",
            "HTTP 418 means I'm a teapot (an April Fools' joke from RFC 2324).",
        ),
        (
            "what is the http status code for not found",
            "HTTP 404 means Not Found.",
        ),
        (
            "which http code means unauthorized",
            "HTTP 401 means Unauthorized.",
        ),
    ] {
        check(&table, query, Some(expected));
    }
    for query in [
        "404",
        "error 404",
        "why 404 error",
        "what is a 404 page",
        "http 999",
        "fix http 404",
        "what is a 404 error in nginx",
        "what causes http 502",
        "http 404 and 500",
    ] {
        check(&table, query, None);
    }
}

#[test]
fn ports_by_service_and_services_by_port() {
    let table = shipped("ports");
    for (query, expected) in [
        ("what port is ssh", "The default port of SSH is 22."),
        (
            "default postgres port",
            "The default port of PostgreSQL is 5432.",
        ),
        (
            "what port does mysql run on",
            "The default port of MySQL is 3306.",
        ),
        ("what is port 22 used for", "22 is the default port of SSH."),
        ("port 53 is for what", "53 is the default port of DNS."),
    ] {
        check(&table, query, Some(expected));
    }
    for query in [
        "port 22",
        "port 22 usb",
        "what port is london",
        "what is port 22 blocked for",
        "change default ssh port",
        "what is port 4 used for",
    ] {
        check(&table, query, None);
    }
}
