//! Hides the shapes of a message: content as text, as parts, as null, or not there.

use std::borrow::Cow;

use crate::json::{Cursor, Fault, Key, Kind, shortened};

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: Content,
    /// Whether it calls tools, or a function in the older form.
    pub tool_calls: bool,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The application.
    System,
    /// The application, as newer models call it.
    Developer,
    /// The user.
    User,
    /// The model.
    Assistant,
    /// A tool's result.
    Tool,
    /// A function's result, in the older form.
    Function,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Null or not there, as in a message that only calls tools.
    Absent,
    /// Text.
    Text(String),
    /// Parts, of which some may be text.
    Parts(Vec<Part>),
}

/// A part of what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// An image, by URL or as data.
    Image,
    /// Speech.
    Audio,
    /// A document.
    File,
    /// A model's refusal, in its words.
    Refusal(String),
    /// Another `type`, by its name.
    Other(String),
}

// === impl Message ===

impl Message {
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let (mut role, mut content, mut tool_calls) = (None, None, false);
        cursor.fields(|cursor, Key { name, .. }| {
            match &**name {
                "role" => return once(&mut role, Role::read(cursor)?),
                "content" => return once(&mut content, Content::read(cursor)?),
                "tool_calls" => {
                    let calls = cursor.optional(|cursor| cursor.items(Cursor::skip))?;
                    tool_calls |= calls.is_some_and(|calls| calls > 0);
                }
                "function_call" => tool_calls |= cursor.optional(Cursor::skip)?.is_some(),
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        let role =
            role.ok_or_else(|| Fault::missing("role", &format!("use one of {}", Role::names())))?;
        let content = content.unwrap_or(Content::Absent);
        let must_speak = matches!(role, Role::System | Role::Developer | Role::User);
        match &content {
            Content::Absent if must_speak => {
                let hint = format!(
                    "a {} message holds a string or an array of parts",
                    role.name()
                );
                Err(Fault::missing("content", &hint))
            }
            Content::Parts(parts) if must_speak && parts.is_empty() => Err(Fault::value(
                "is an empty array; send at least one part, or a string",
            )
            .in_field("content")),
            _ => Ok(Self {
                role,
                content,
                tool_calls,
            }),
        }
    }
}

// === impl Role ===

impl Role {
    /// Every role that is accepted.
    pub const ALL: [Self; 6] = [
        Self::System,
        Self::Developer,
        Self::User,
        Self::Assistant,
        Self::Tool,
        Self::Function,
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::Function => "function",
        }
    }

    fn names() -> String {
        Self::ALL
            .map(|role| format!("`{}`", role.name()))
            .join(", ")
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let written = cursor.text()?;
        Self::ALL
            .into_iter()
            .find(|role| role.name() == written)
            .ok_or_else(|| {
                let written = shortened(&written);
                Fault::value(format!(
                    "is `{written}`, which is not a role; use one of {}",
                    Self::names()
                ))
            })
    }
}

// === impl Content ===

impl Content {
    /// The text: of parts, the text parts, each on a line of its own.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Absent => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Parts(parts) => {
                let texts: Vec<&str> = parts.iter().filter_map(Part::text).collect();
                match *texts {
                    [] => Cow::Borrowed(""),
                    [text] => Cow::Borrowed(text),
                    _ => Cow::Owned(texts.join("\n")),
                }
            }
        }
    }

    /// The same, where nothing else of it is needed.
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            other => other.text().into_owned(),
        }
    }

    /// Whether some part of it refuses.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Parts(parts) => parts.iter().any(|part| matches!(part, Part::Refusal(_))),
            Self::Absent | Self::Text(_) => false,
        }
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        match cursor.kind()? {
            Kind::Null => cursor.skip().map(|()| Self::Absent),
            Kind::String => Ok(Self::Text(cursor.text()?.into())),
            Kind::Array => {
                let mut parts = Vec::new();
                cursor.items(|cursor| {
                    parts.push(Part::read(cursor)?);
                    Ok(())
                })?;
                Ok(Self::Parts(parts))
            }
            found => Err(Fault::kind(
                "a string or an array of parts",
                found.with_article(),
            )),
        }
    }

    /// What a server sent: what is not understood counts as not there.
    pub(super) fn glance(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        if cursor.kind()? == Kind::String {
            return Ok(Self::Text(cursor.text()?.into()));
        }
        let raw = cursor.raw()?;
        Ok(crate::json::read("content", raw.as_bytes(), Self::read).unwrap_or(Self::Absent))
    }
}

// === impl Part ===

impl Part {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let (mut kind, mut text, mut refusal) = (None, None, None);
        cursor.fields(|cursor, Key { name, .. }| match &**name {
            "type" => once(&mut kind, cursor.text()?),
            "text" => once(&mut text, cursor.if_kind(Kind::String, Cursor::text)?),
            "refusal" => once(&mut refusal, cursor.if_kind(Kind::String, Cursor::text)?),
            _ => cursor.skip(),
        })?;
        let kind =
            kind.ok_or_else(|| Fault::missing("type", "a part says what it is, such as `text`"))?;
        let holds = |field: &str, value: Option<Option<Cow<'_, str>>>| match value.flatten() {
            Some(value) => Ok(value.into_owned()),
            None => Err(Fault::missing(
                field,
                &format!("a `{kind}` part holds a string there"),
            )),
        };
        match &*kind {
            "text" | "input_text" | "output_text" => holds("text", text).map(Self::Text),
            "refusal" => holds("refusal", refusal).map(Self::Refusal),
            "image_url" | "input_image" => Ok(Self::Image),
            "input_audio" => Ok(Self::Audio),
            "file" | "input_file" => Ok(Self::File),
            other => Ok(Self::Other(other.to_owned())),
        }
    }
}

/// Two readers of a field that stands there twice could see two messages.
pub(super) fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), Fault> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Fault::duplicate()),
    }
}

#[cfg(test)]
mod tests;
