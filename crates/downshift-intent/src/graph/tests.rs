use super::*;

const TINY: &[u8] = include_bytes!("../../tests/fixtures/tiny/model.onnx");

#[track_caller]
fn check(model: &[u8], input: &str, expected: Option<u64>) {
    assert_eq!(
        Graph::decode(model).expect("it is ONNX").rows(input),
        expected,
        "{input}"
    );
}

#[test]
fn tables_are_found_by_the_input_that_indexes_them() {
    check(TINY, "token_ids", Some(8));
    check(TINY, "bigram_ids", Some(16));
    check(TINY, "nothing", None);
}

#[test]
fn conversions_are_seen_through() {
    // table -DequantizeLinear-> t -Gather(t, i)->, ids -Cast-> j -Identity-> i; and one chain that bites its tail.
    let graph = [
        node("DequantizeLinear", &["table", "scale"], "t"),
        node("Cast", &["ids"], "j"),
        node("Identity", &["j"], "i"),
        node("Gather", &["t", "i"], "out"),
        node("Identity", &["a"], "b"),
        node("Identity", &["b"], "a"),
        node("Gather", &["a", "b"], "out"),
        tensor("table", &[300, 2]),
    ]
    .concat();
    check(&message(7, &graph), "ids", Some(300));
}

#[test]
fn packed_dimensions_are_read() {
    let packed = message(1, &[0xAC, 0x02, 0x02]);
    let graph = [
        node("Gather", &["t", "ids"], "o"),
        message(5, &[packed, message(8, b"t")].concat()),
    ]
    .concat();
    check(&message(7, &graph), "ids", Some(300));
}

#[test]
fn a_model_cut_off_anywhere_is_refused_or_lacks_its_graph() {
    for length in 0..TINY.len() {
        if let Ok(graph) = Graph::decode(&TINY[..length]) {
            // Only what follows the graph can be missing unnoticed.
            assert_eq!(graph.rows("token_ids"), Some(8), "{length}");
        }
    }
}

#[test]
fn any_bytes_are_read_without_harm() {
    let error = |bytes: &[u8]| Graph::decode(bytes).expect_err("it is not ONNX");
    assert_eq!(error(b""), NO_GRAPH);
    assert_eq!(error(b"<!doctype html>"), NOT_ONNX);
    assert_eq!(error(&[0; 100]), NOT_ONNX);
    assert_eq!(error(&[0xFF; 100]), NOT_ONNX);
    assert_eq!(
        error(&[0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
        CUT_OFF
    );
    // Every one-byte damage to a real file: an answer of either kind, no panic.
    for place in 0..TINY.len() {
        let mut damaged = TINY.to_vec();
        damaged[place] ^= 0xFF;
        let _either = Graph::decode(&damaged).map(|graph| graph.rows("token_ids"));
    }
}

fn message(number: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("test messages are small");
    let low = u8::try_from(length & 0x7F).expect("seven bits");
    let high = u8::try_from(length >> 7).expect("test messages are small");
    [&[number << 3 | 2, low | 0x80, high], bytes].concat()
}

fn node(operator: &str, inputs: &[&str], output: &str) -> Vec<u8> {
    let mut node: Vec<u8> = inputs
        .iter()
        .flat_map(|input| message(1, input.as_bytes()))
        .collect();
    node.extend(message(2, output.as_bytes()));
    node.extend(message(4, operator.as_bytes()));
    message(1, &node)
}

fn tensor(name: &str, dimensions: &[u16]) -> Vec<u8> {
    let mut tensor = Vec::new();
    for &dimension in dimensions {
        tensor.extend([
            8,
            u8::try_from(dimension & 0x7F).expect("seven bits") | 0x80,
        ]);
        tensor.push(u8::try_from(dimension >> 7).expect("test tables are small"));
    }
    tensor.extend(message(8, name.as_bytes()));
    message(5, &tensor)
}
