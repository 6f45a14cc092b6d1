//! Hides how one field is found in the start of a multipart form, of which more may be on its way.

use std::ops::Range;

use memchr::memmem::{self, Finder};

/// The longest head of a part that is looked at, and the longest value.
const LONGEST: usize = 8 * 1024;

/// Looks for one field; asked again with more of the same body, it goes on where it was.
#[derive(Debug)]
pub(super) struct FieldFinder {
    field: &'static str,
    delimiter: Finder<'static>,
    /// Before this there is nothing to be found.
    from: usize,
}

/// What a look found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Where the field's value lies.
    Here(Range<usize>),
    /// Not in this much of the body.
    NotYet,
    /// Nowhere in the body, whatever follows.
    Nowhere,
}

// === impl FieldFinder ===

impl FieldFinder {
    /// Looks for `field` in forms of this content type; `None` if it is no multipart form.
    pub(super) fn new(field: &'static str, content_type: &str) -> Option<Self> {
        let (kind, parameters) = content_type.split_once(';')?;
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let boundary = parameters.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let named = name.trim().eq_ignore_ascii_case("boundary");
            named.then(|| value.trim().trim_matches('"'))
        })?;
        let delimiter = Finder::new(&format!("--{boundary}")).into_owned();
        Some(Self {
            field,
            delimiter,
            from: 0,
        })
    }

    /// Looks at the body so far, from its beginning.
    pub(super) fn look(&mut self, body: &[u8]) -> Found {
        let length = self.delimiter.needle().len();
        loop {
            let Some(at) = self.delimiter.find(&body[self.from..]) else {
                self.from = self.from.max((body.len() + 1).saturating_sub(length));
                return Found::NotYet;
            };
            let delimiter = self.from + at;
            // Where the next look begins if this part is not there yet.
            self.from = delimiter;
            let part = &body[delimiter + length..];
            if part.starts_with(b"--") {
                return Found::Nowhere;
            }
            let Some(head) = memmem::find(part, b"\r\n\r\n") else {
                return not_yet(part);
            };
            let content = delimiter + length + head + 4;
            if !self.is_head(&part[..head]) {
                self.from = content;
                continue;
            }
            let Some(end) = self.delimiter.find(&body[content..]) else {
                return not_yet(part);
            };
            let value = &body[content..content + end];
            let value = value.strip_suffix(b"\r\n").unwrap_or(value);
            return Found::Here(content..content + value.len());
        }
    }

    /// Whether this is the head of the part wanted. A file is not.
    fn is_head(&self, head: &[u8]) -> bool {
        let Ok(head) = std::str::from_utf8(head) else {
            return false;
        };
        let disposition = head.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let wanted = name.trim().eq_ignore_ascii_case("content-disposition");
            wanted.then_some(value)
        });
        let (mut named, mut file) = (false, false);
        for parameter in disposition.unwrap_or_default().split(';') {
            let Some((name, value)) = parameter.split_once('=') else {
                continue;
            };
            let name = name.trim().to_ascii_lowercase();
            named |= name == "name" && value.trim().trim_matches('"') == self.field;
            file |= name.starts_with("filename");
        }
        named && !file
    }
}

fn not_yet(part: &[u8]) -> Found {
    if part.len() > LONGEST {
        Found::Nowhere
    } else {
        Found::NotYet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "multipart/form-data; boundary=\"XyZ\"";

    fn body() -> String {
        [
            "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"model\"\r\n",
            "Content-Type: audio/wav\r\n\r\n\r\n\r\nRIFF--XyY\r\n",
            "--XyZ\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n",
            "--XyZ--\r\n",
        ]
        .concat()
    }

    #[track_caller]
    fn check(body: &[u8], expected: Option<&str>) {
        let mut finder = FieldFinder::new("model", FORM).unwrap();
        let found = finder.look(body);
        let value = match found {
            Found::Here(range) => Some(std::str::from_utf8(&body[range]).unwrap()),
            Found::NotYet | Found::Nowhere => None,
        };
        assert_eq!(value, expected);
    }

    #[test]
    fn a_field_is_found_wherever_it_stands() {
        check(body().as_bytes(), Some("whisper-1"));
        check(
            b"--XyZ\r\nContent-Disposition: form-data; name=model\r\n\r\n\r\n--XyZ--",
            Some(""),
        );
        check(
            b"--XyZ\r\nContent-Disposition: form-data; name=\"models\"\r\n\r\na\r\n--XyZ--",
            None,
        );
        check(b"", None);
        check(b"no form at all", None);
    }

    #[test]
    fn a_body_may_come_in_any_pieces() {
        let body = body();
        let mut finder = FieldFinder::new("model", FORM).unwrap();
        let end = body.rfind("\r\n--XyZ--").unwrap() + "\r\n--XyZ".len();
        for length in 0..end {
            let found = finder.look(&body.as_bytes()[..length]);
            assert_eq!(found, Found::NotYet, "after {length} bytes");
        }
        let found = finder.look(body.as_bytes());
        let start = body.find("whisper").unwrap();
        assert_eq!(found, Found::Here(start..start + "whisper-1".len()));
    }

    #[test]
    fn a_form_without_the_field_ends_the_search() {
        let body = b"--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--XyZ--\r\n";
        let mut finder = FieldFinder::new("model", FORM).unwrap();
        assert_eq!(finder.look(body), Found::Nowhere);
        let mut endless = b"--XyZ\r\n".to_vec();
        endless.resize(LONGEST * 2, b'a');
        let mut finder = FieldFinder::new("model", FORM).unwrap();
        assert_eq!(finder.look(&endless), Found::Nowhere);
    }

    #[test]
    fn only_forms_are_looked_into() {
        for content_type in [
            "application/json",
            "multipart/form-data",
            "multipart/mixed; boundary=a",
            "multipart/form-data; charset=utf-8",
        ] {
            assert!(
                FieldFinder::new("model", content_type).is_none(),
                "{content_type}"
            );
        }
        assert!(
            FieldFinder::new("model", "Multipart/Form-Data; charset=utf-8; Boundary=a").is_some()
        );
    }
}
