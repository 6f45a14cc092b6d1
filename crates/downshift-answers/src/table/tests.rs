use super::Table;

const CSV: &str =
    "product,aliases,price|cost,colour\nWidget,gadget|the thing,5 EUR,red;blue\nGizmo,,7 EUR,\n";

#[test]
fn rows_keys_and_aliases_are_counted() {
    let table = Table::from_csv("products", CSV).unwrap();
    assert_eq!(
        (table.name(), table.len(), table.is_empty()),
        ("products", 2, false)
    );
}

#[track_caller]
fn check_error(csv: &str, expected: &str) {
    let error = Table::from_csv("t", csv).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn mistakes_are_told_with_their_line() {
    check_error("key\na\n", "no column beside its key");
    check_error(
        "key,value\na,1\nb,2\nA,3\n",
        "line 4: \"a\" stands in line 2",
    );
    check_error(
        "key,aliases,value\na,x,1\nb,X,2\n",
        "line 3: \"x\" stands in line 2",
    );
    check_error("key,value\n,1\n", "line 2: the key is empty");
    check_error("key,value\na,1,2\n", "line");
}

#[test]
fn a_question_with_two_answers_has_none() {
    let pairs = [
        ("Where are you?", "Here."),
        ("where are you", "There."),
        ("Who?", "Me."),
    ];
    let pairs = pairs
        .map(|(question, answer)| (question.to_owned(), answer.to_owned()))
        .to_vec();
    assert_eq!(Table::from_pairs("faq", pairs).len(), 1);
}
