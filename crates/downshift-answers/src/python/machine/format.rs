//! Values in a format: f-strings, `format` and `%`.

use super::{Exception, Machine, Run, Stop, known, raise};
use crate::python::value::Value;

/// A format as it is written: `*^+,10.2f`.
#[derive(Debug, Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    plus: bool,
    grouped: bool,
    width: usize,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Machine {
    /// `format(value, format)`.
    pub(super) fn formatted(&mut self, value: &Value, format: &str) -> Run<String> {
        if format.is_empty() {
            return self.str(value);
        }
        let spec = known(Spec::parse(format))?;
        self.sized(spec.width)?;
        spec.apply(value)
    }

    /// `format % value`.
    pub(super) fn percent(&mut self, format: &str, value: &Value) -> Run<Value> {
        let values = match value {
            Value::Tuple(items) => items.to_vec(),
            Value::Dict(_) => return Err(Stop::Unknown),
            value => vec![value.clone()],
        };
        let mut values = values.iter();
        let mut out = String::new();
        let mut rest = format;
        while let Some((before, directive)) = rest.split_once('%') {
            out.push_str(before);
            if let Some(after) = directive.strip_prefix('%') {
                out.push('%');
                rest = after;
                continue;
            }
            let end = known(directive.find(|sign: char| sign.is_ascii_alphabetic()))?;
            let (flags, kind) = directive.split_at(end);
            let kind = known(kind.chars().next())?;
            rest = &directive[end + 1..];
            let Some(value) = values.next() else {
                return raise(Exception::Type);
            };
            out.push_str(&self.directive(flags, kind, value)?);
        }
        out.push_str(rest);
        if values.next().is_some() {
            return raise(Exception::Type);
        }
        self.sized(out.len())?;
        Ok(Value::text(out))
    }

    fn directive(&mut self, flags: &str, kind: char, value: &Value) -> Run<String> {
        // Of the flags only a zero, a width and a precision are known.
        let plain = flags
            .chars()
            .all(|sign| sign.is_ascii_digit() || sign == '.');
        match kind {
            's' if flags.is_empty() => self.str(value),
            'r' if flags.is_empty() => self.repr(value),
            'd' | 'i' if plain && !flags.contains('.') => {
                let value = Value::Int(known(value.int())?);
                self.formatted(&value, &format!("{flags}d"))
            }
            'f' if plain => {
                let value = Value::Float(known(value.float())?);
                self.formatted(&value, &format!("{flags}f"))
            }
            'x' if flags.is_empty() => {
                let value = Value::Int(known(value.int())?);
                self.formatted(&value, "x")
            }
            _ => Err(Stop::Unknown),
        }
    }

    /// `format.format(values)`: fields without a name, by number, or by name.
    pub(super) fn filled(
        &mut self,
        format: &str,
        plain: &[Value],
        named: &[(std::rc::Rc<str>, Value)],
    ) -> Run<Value> {
        let mut out = String::new();
        let mut rest = format;
        let mut next = 0;
        let mut numbered = false;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            out.push_str(before);
            if brace.starts_with("{{") || brace.starts_with("}}") {
                out.push_str(&brace[..1]);
                rest = &brace[2..];
                continue;
            }
            let end = known(brace.find('}').filter(|_| brace.starts_with('{')))?;
            let field = &brace[1..end];
            rest = &brace[end + 1..];
            let (name, spec) = field.split_once(':').unwrap_or((field, ""));
            let value = if name.is_empty() {
                next += 1;
                plain.get(next - 1)
            } else if let Ok(at) = name.parse::<usize>() {
                numbered = true;
                plain.get(at)
            } else {
                named
                    .iter()
                    .find(|(held, _)| **held == *name)
                    .map(|(_, value)| value)
            };
            let value = known(value)?.clone();
            out.push_str(&self.formatted(&value, spec)?);
        }
        if numbered && next > 0 {
            return Err(Stop::Unknown);
        }
        out.push_str(rest);
        self.sized(out.len())?;
        Ok(Value::text(out))
    }
}

impl Spec {
    fn parse(format: &str) -> Option<Self> {
        let mut spec = Self::default();
        let signs: Vec<char> = format.chars().collect();
        let is_align = |at: usize| signs.get(at).copied().filter(|sign| "<>^".contains(*sign));
        let mut at = 0;
        if let Some(align) = is_align(1) {
            (spec.fill, spec.align) = (signs.first().copied(), Some(align));
            at = 2;
        } else if let Some(align) = is_align(0) {
            spec.align = Some(align);
            at = 1;
        }
        if signs.get(at) == Some(&'+') {
            spec.plus = true;
            at += 1;
        }
        if signs.get(at) == Some(&'0') {
            // A zero before the width fills between the sign and the digits.
            if spec.align.is_some() {
                return None;
            }
            spec.fill = Some('0');
            spec.align = Some('=');
            at += 1;
        }
        spec.width = digits(&signs, &mut at)?.unwrap_or(0);
        if signs.get(at) == Some(&',') {
            spec.grouped = true;
            at += 1;
        }
        if signs.get(at) == Some(&'.') {
            at += 1;
            spec.precision = Some(digits(&signs, &mut at)??);
        }
        spec.kind = signs.get(at).copied();
        (signs.len() <= at + 1).then_some(spec)
    }

    fn apply(&self, value: &Value) -> Run<String> {
        let unknown = Err(Stop::Unknown);
        let (text, right) = match (value, self.kind) {
            (Value::Str(text), None | Some('s')) => {
                if self.plus || self.grouped || self.align == Some('=') {
                    return unknown;
                }
                let cut = self.precision.unwrap_or(usize::MAX);
                (text.chars().take(cut).collect(), false)
            }
            (Value::Int(value), None | Some('d')) if self.precision.is_none() => (
                self.signed(*value < 0, &value.unsigned_abs().to_string()),
                true,
            ),
            (Value::Int(value), Some('x' | 'X' | 'b' | 'o')) => {
                if self.precision.is_some() || self.grouped {
                    return unknown;
                }
                let size = value.unsigned_abs();
                let text = match self.kind {
                    Some('x') => format!("{size:x}"),
                    Some('X') => format!("{size:X}"),
                    Some('b') => format!("{size:b}"),
                    _ => format!("{size:o}"),
                };
                (self.signed(*value < 0, &text), true)
            }
            (Value::Int(_) | Value::Float(_), Some('f' | '%')) => {
                let mut number = known(value.float())?;
                let precision = self.precision.unwrap_or(6);
                let mut end = "";
                if self.kind == Some('%') {
                    number *= 100.0;
                    end = "%";
                }
                if precision > 30 || !number.is_finite() {
                    return unknown;
                }
                let text = format!("{:.precision$}{end}", number.abs());
                (self.signed(number.is_sign_negative(), &text), true)
            }
            _ => return unknown,
        };
        self.padded(text, right)
    }

    fn signed(&self, negative: bool, digits: &str) -> String {
        let sign = match (negative, self.plus) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        if !self.grouped {
            return format!("{sign}{digits}");
        }
        let whole = digits.find(|sign: char| !sign.is_ascii_digit());
        let (whole, rest) = digits.split_at(whole.unwrap_or(digits.len()));
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        format!("{sign}{grouped}{rest}")
    }

    fn padded(&self, text: String, right: bool) -> Run<String> {
        let length = text.chars().count();
        let Some(missing) = self
            .width
            .checked_sub(length)
            .filter(|missing| *missing > 0)
        else {
            return Ok(text);
        };
        let fill = self.fill.unwrap_or(' ');
        let pad = |count: usize| fill.to_string().repeat(count);
        Ok(match self.align {
            Some('=') if self.grouped => return Err(Stop::Unknown),
            Some('=') => {
                let sign = text.chars().take_while(|sign| "+-".contains(*sign)).count();
                let (sign, digits) = text.split_at(sign);
                format!("{sign}{}{digits}", pad(missing))
            }
            Some('^') => format!("{}{text}{}", pad(missing / 2), pad(missing - missing / 2)),
            Some('>') => pad(missing) + &text,
            None if right => pad(missing) + &text,
            _ => text + &pad(missing),
        })
    }
}

/// The digits at `at`: none, or a number that is not too large.
#[expect(
    clippy::option_option,
    reason = "there are no digits, or there are too many"
)]
fn digits(signs: &[char], at: &mut usize) -> Option<Option<usize>> {
    let mut number = None;
    while let Some(digit) = signs.get(*at).and_then(|sign| sign.to_digit(10)) {
        let value = number.unwrap_or(0) * 10 + usize::try_from(digit).ok()?;
        if value > 1_000 {
            return None;
        }
        number = Some(value);
        *at += 1;
    }
    Some(number)
}
