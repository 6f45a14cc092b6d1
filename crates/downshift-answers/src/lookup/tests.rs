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
