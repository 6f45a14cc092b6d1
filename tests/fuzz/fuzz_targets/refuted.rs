//! Any text, as a model's reply whose calculations are checked.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = downshift_answers::refuted(text);
});
