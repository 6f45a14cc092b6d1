//! Any bytes, as a chat request; one that is understood can be rewritten and read again.
#![no_main]

use downshift_wire::{ChatRequest, Edit};

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    let Ok(request) = ChatRequest::decode(body.to_vec().into()) else {
        return;
    };
    let edited = request.rewritten(&[Edit::string("model", "another")]);
    let again = ChatRequest::decode(edited.expect("what was read can be edited"));
    assert_eq!(again.expect("and read again").model, "another");
});
