//! The chat API as types: request, reply, chunk, usage, error body, SSE framing.
