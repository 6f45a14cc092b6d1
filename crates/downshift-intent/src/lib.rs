//! Prompt text to a calibrated verdict: the only crate that knows ONNX.
