//! Hides how one block of a user's turn is written as a part, and one part as a block.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::Lost;
use crate::json::{Fault, Object};

/// A block as parts of a chat message; what has no counterpart leaves a part of its own type,
/// so that a policy still sees that something is there.
pub(super) fn part(
    block: Object<'_>,
    kind: &str,
    place: &str,
    lost: &mut Vec<Lost>,
) -> Result<Option<Value>, Fault> {
    note_spare(block, &["cache_control"], lost);
    Ok(Some(match kind {
        "text" => {
            let text = block.needed_text("text", "a text block holds a string there")?;
            // Empty text is refused by some servers and says nothing to any.
            if text.is_empty() {
                return Ok(None);
            }
            json!({ "type": "text", "text": text })
        }
        "image" => image(source(block)?, place, lost)?,
        "document" => {
            note_spare(block, &["context", "citations"], lost);
            document(block, source(block)?, place, lost)?
        }
        other => {
            lost.push(Lost::needed(place));
            json!({ "type": other })
        }
    }))
}

/// Content of one text part is written as text, which every server reads.
pub(super) fn content(mut parts: Vec<Value>) -> Value {
    match parts.as_mut_slice() {
        [only] if only["type"] == "text" => only["text"].take(),
        _ => Value::Array(parts),
    }
}

/// Notes which of these fields the block has, to be dropped.
pub(super) fn note_spare(block: Object<'_>, names: &[&str], lost: &mut Vec<Lost>) {
    for name in names.iter().filter(|name| block.get(name).is_some()) {
        let told = if *name == "cache_control" {
            (*name).to_owned()
        } else {
            format!("messages[].content[].{name}")
        };
        lost.push(Lost::spare(told));
    }
}

fn source(block: Object<'_>) -> Result<Object<'_>, Fault> {
    let source = block.object("source")?;
    source.ok_or_else(|| Fault::missing("source", "say where it comes from: `base64`, `url`, …"))
}

fn image(source: Object<'_>, place: &str, lost: &mut Vec<Lost>) -> Result<Value, Fault> {
    let url = match source.text("type")? {
        Some("base64") => data_url(source)?,
        Some("url") => source
            .needed_text("url", "an address is expected there")?
            .to_owned(),
        _ => {
            lost.push(Lost::needed(format!("{place}.source")));
            String::new()
        }
    };
    Ok(json!({ "type": "image_url", "image_url": { "url": url } }))
}

fn document(
    block: Object<'_>,
    source: Object<'_>,
    place: &str,
    lost: &mut Vec<Lost>,
) -> Result<Value, Fault> {
    let title = block.text("title")?;
    if let (Some("url"), Some(url)) = (source.text("type")?, source.text("url")?) {
        let mut file = json!({ "file_url": url });
        if let Some(title) = title {
            file["filename"] = title.into();
        }
        return Ok(json!({ "type": "file", "file": file }));
    }
    let (data, name) = match source.text("type")? {
        Some("base64") => (data_url(source)?, "document.pdf"),
        Some("text") => {
            let text = source.needed_text("data", "the document's text is expected there")?;
            (
                format!("data:text/plain;base64,{}", STANDARD.encode(text)),
                "document.txt",
            )
        }
        _ => {
            lost.push(Lost::needed(format!("{place}.source")));
            (String::new(), "document")
        }
    };
    Ok(json!({ "type": "file", "file": { "filename": title.unwrap_or(name), "file_data": data } }))
}

fn data_url(source: Object<'_>) -> Result<String, Fault> {
    let media = source.needed_text("media_type", "such as `image/png`")?;
    let data = source.needed_text("data", "base64 is expected there")?;
    Ok(format!("data:{media};base64,{data}"))
}

/// What a chat message's part is as a block; `None` for what has none.
pub(super) fn block(part: Object<'_>) -> Option<Value> {
    let mut block = match part.text("type").ok()?? {
        "text" | "input_text" | "output_text" => {
            json!({ "type": "text", "text": part.text("text").ok()?? })
        }
        "refusal" => json!({ "type": "text", "text": part.text("refusal").ok()?? }),
        "image_url" => {
            let image = part.get("image_url")?;
            let url = image.as_str().or_else(|| image["url"].as_str())?;
            json!({ "type": "image", "source": image_source(url)? })
        }
        "file" => file_block(part.object("file").ok()??)?,
        _ => return None,
    };
    if let Some(cache) = part.get("cache_control") {
        block["cache_control"] = cache.clone();
    }
    Some(block)
}

fn image_source(url: &str) -> Option<Value> {
    match split_data_url(url) {
        Some((media, data)) => Some(json!({ "type": "base64", "media_type": media, "data": data })),
        None if url.starts_with("http://") || url.starts_with("https://") => {
            Some(json!({ "type": "url", "url": url }))
        }
        None => None,
    }
}

fn file_block(file: Object<'_>) -> Option<Value> {
    let source = match (file.text("file_data").ok()?, file.text("file_url").ok()?) {
        (Some(data), _) => match split_data_url(data)? {
            ("text/plain", text) => {
                let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
                json!({ "type": "text", "media_type": "text/plain", "data": text })
            }
            (media, data) => json!({ "type": "base64", "media_type": media, "data": data }),
        },
        (None, Some(url)) => json!({ "type": "url", "url": url }),
        (None, None) => return None,
    };
    let mut block = json!({ "type": "document", "source": source });
    if let Ok(Some(name)) = file.text("filename") {
        block["title"] = name.into();
    }
    Some(block)
}

/// The media type and the base64 of `data:…;base64,…`.
fn split_data_url(url: &str) -> Option<(&str, &str)> {
    let (media, data) = url.strip_prefix("data:")?.split_once(',')?;
    Some((media.strip_suffix(";base64")?.split(';').next()?, data))
}
