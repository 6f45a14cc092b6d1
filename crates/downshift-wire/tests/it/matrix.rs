//! The matrix in docs/dialects.md says what the goldens say: what passes, what is left out, what is refused.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use downshift_wire::{Error, Protocol, Translated};

use crate::golden::{self, UPDATE, given, plain};
use crate::sides::{self, CLIENTS, UPSTREAMS, name};

/// Where the matrix begins in the file; it goes on to the file's end.
const BEGIN: &str =
    "<!-- The rest is written by the tests of downshift-wire, from their golden files. -->\n";

fn matrix() -> String {
    let mut matrix = String::new();
    for client in CLIENTS {
        head(
            &mut matrix,
            &format!("A {} client asks", name(client)),
            &UPSTREAMS,
        );
        for (feature, body) in given("requests", client, "json") {
            let cells = UPSTREAMS.map(|upstream| asked(golden::request(client, upstream, &body)));
            row(&mut matrix, &feature, &cells);
        }
    }
    for upstream in UPSTREAMS {
        head(
            &mut matrix,
            &format!("A {} model replies", name(upstream)),
            &CLIENTS,
        );
        for (feature, body) in given("replies", upstream, "json") {
            let cells = CLIENTS.map(|client| {
                let reply = sides::decode_reply(upstream, &body).expect("a reply");
                let told = sides::encode_reply(client, &plain(client, false), &reply);
                asked(Ok(told))
            });
            row(&mut matrix, &feature, &cells);
        }
    }
    matrix
}

fn head(matrix: &mut String, title: &str, columns: &[Protocol]) {
    let columns: Vec<&str> = columns.iter().map(|column| name(*column)).collect();
    let rule = " --- |".repeat(columns.len());
    write!(
        matrix,
        "\n### {title}\n\n| | {} |\n| --- |{rule}\n",
        columns.join(" | ")
    )
    .expect("text");
}

fn row(matrix: &mut String, feature: &str, cells: &[String]) {
    let feature = feature.replace('_', " ");
    writeln!(matrix, "| {feature} | {} |", cells.join(" | ")).expect("text");
}

fn asked(told: Result<Translated, Error>) -> String {
    match told {
        Ok(Translated { dropped, .. }) if dropped.is_empty() => "yes".to_owned(),
        Ok(Translated { dropped, .. }) => format!("without `{}`", dropped.join("`, `")),
        Err(Error { param, .. }) => format!("**400** `{}`", param.unwrap_or_default()),
    }
}

#[test]
fn the_matrix_says_what_the_goldens_say() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dialects.md");
    let page = fs::read_to_string(&place).expect("the page");
    let (before, kept) = page.split_once(BEGIN).expect("the mark before the matrix");
    let matrix = matrix();
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&place, format!("{before}{BEGIN}{matrix}")).expect("written");
        return;
    }
    let lines = kept.lines().zip(matrix.lines());
    let differing = lines.into_iter().find(|(kept, line)| kept != line);
    assert_eq!(differing, None, "{UPDATE}=1 writes it again");
    assert_eq!(kept, matrix, "{UPDATE}=1 writes it again");
}
