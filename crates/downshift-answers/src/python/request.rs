//! A question as a program and what is asked of it: every word around the program is accounted for.

use std::sync::LazyLock;

use super::machine::Machine;
use super::parser::{self, Program};
use super::syntax::Expression;
use crate::pattern::{Fragment, Grammar, Rule};
use crate::question::Context;
use crate::reading::Reading;

/// Questions longer than this many bytes are nobody's here.
const MAX_BYTES: usize = 6_000;

/// How a program is set apart from the words around it.
const FENCES: &[(&str, &str)] = &[
    ("```python3\n", "```"),
    ("```python\n", "```"),
    ("```py\n", "```"),
    ("```\n", "```"),
    ("[PYTHON]\n", "[/PYTHON]"),
];

/// What stands for a call in the words around a program, so that the grammar reads over it.
const CALL: &str = "thiscall";

/// What is asked of a program.
#[derive(Debug)]
pub(super) struct Request {
    program: Program,
    asked: Asked,
}

#[derive(Debug)]
enum Asked {
    Printed,
    Value(Expression),
}

impl Request {
    /// Reads a question; `None` where a word is left over.
    pub(super) fn of(text: &str, context: &Context<'_>) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let text = text.replace("\r\n", "\n");
        let (words, code) = apart(&text)?;
        if let Some((code, call)) = assertion(&code) {
            let complete = words.is_empty() || asks(&words, context)? == "assertion";
            return if complete { value_of(code, call) } else { None };
        }
        let (words, call) = without_call(&words)?;
        let asked = asks(&words, context)?;
        match (asked.as_str(), call) {
            ("value", Some(call)) => value_of(&code, &call),
            ("printed", None) => Some(Self {
                program: parser::program(&code)?,
                asked: Asked::Printed,
            }),
            _ => None,
        }
    }

    /// What the program gives, as its reader would write it down.
    pub(super) fn answer(&self) -> Option<String> {
        let mut machine = Machine::default();
        let frame = machine.run(&self.program).ok()?;
        match &self.asked {
            Asked::Value(call) => {
                let value = machine.value(call, frame).ok()?;
                machine.literal(&value).ok()
            }
            Asked::Printed => {
                let printed = machine.printed.trim_end_matches('\n');
                if printed.trim().is_empty() {
                    return None;
                }
                Some(if printed.contains('\n') {
                    format!("```\n{printed}\n```")
                } else {
                    printed.to_owned()
                })
            }
        }
    }
}

fn value_of(code: &str, call: &str) -> Option<Request> {
    Some(Request {
        program: parser::program(code)?,
        asked: Asked::Value(parser::expression(call)?),
    })
}

/// The words around a program, and the program: fenced, or all lines below the first.
fn apart(text: &str) -> Option<(String, String)> {
    for (open, close) in FENCES {
        let Some((before, rest)) = text.split_once(open) else {
            continue;
        };
        let (code, after) = rest.split_once(close)?;
        let another = |part: &str| part.contains("```") || part.contains("[PYTHON]");
        if another(before) || another(after) || another(code) {
            return None;
        }
        let words = format!("{} {}", before.trim(), after.trim());
        return Some((words.trim().to_owned(), code.to_owned()));
    }
    let (words, code) = text.trim().split_once('\n')?;
    Some((
        words.trim().to_owned(),
        code.trim_start_matches('\n').to_owned(),
    ))
}

/// A last line `assert f(…) == ??`: what stands above it, and the call.
fn assertion(code: &str) -> Option<(&str, &str)> {
    let code = code.trim_end();
    let at = code.rfind('\n').map_or(0, |at| at + 1);
    let (above, line) = code.split_at(at);
    let line = line.strip_prefix("assert ")?.trim_end();
    let line = ["??", "?", "...", "___"]
        .iter()
        .find_map(|gap| line.strip_suffix(gap))?;
    let call = line.trim_end().strip_suffix("==")?.trim();
    Some((above, call))
}

/// The words with the call among them taken out, if there is one.
fn without_call(words: &str) -> Option<(String, Option<String>)> {
    if let Some((before, rest)) = words.split_once('`') {
        let (call, after) = rest.split_once('`')?;
        return Some((
            format!("{before} {CALL} {after}"),
            Some(call.trim().to_owned()),
        ));
    }
    let Some(open) = words.find('(') else {
        return Some((words.to_owned(), None));
    };
    let is_name = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let name = words[..open].trim_end_matches(is_name).len();
    let mut nesting = 0_usize;
    let mut quote = None;
    for (at, sign) in words[open..].char_indices() {
        match (quote, sign) {
            (Some(open), sign) if open == sign => quote = None,
            (None, '\'' | '"') => quote = Some(sign),
            (None, '(' | '[' | '{') => nesting += 1,
            (None, ')' | ']' | '}') => nesting = nesting.checked_sub(1)?,
            _ => {}
        }
        if nesting == 0 {
            let end = open + at + 1;
            let (before, call, after) = (&words[..name], &words[name..end], &words[end..]);
            return Some((format!("{before} {CALL} {after}"), Some(call.to_owned())));
        }
    }
    None
}

/// What the words ask for: "assertion", "value" or "printed".
fn asks(words: &str, context: &Context<'_>) -> Option<String> {
    let plain = words.replace(['(', ')', '*'], " ");
    GRAMMAR.say(&Reading::of(&plain)?, context)
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(RULES, FRAGMENTS));

const FRAGMENTS: &[Fragment] = &[
    (
        "code",
        "(this|it|the code|this code|the program|this program|the script|this script|the snippet|this snippet|the following|the python code|this python code|this python program|this python script|this python snippet|the following code|the following python code|the following program|the following python program|the following script|the following snippet|the following code snippet|the following python code snippet|this code snippet|the code below|the python code below|the program below|the snippet below|the code above)",
    ),
    ("is", "(what is|whats|what s|what will be|what would be)"),
    ("do", "(does|will|would)"),
    (
        "after",
        "[when run|when executed|when it is run|when it is executed|if run|if executed|in python|in python 3] [:]",
    ),
    (
        "given",
        "[you are given a python (function|program) and an assertion [containing an input (to|for) (the function|it)] .]",
    ),
    (
        "literal",
        "[with (a|the) (literal|value)] [no unsimplified expressions , no function calls] [containing the output] [when executing the (provided|given) code on the (given|provided) input]",
    ),
    (
        "even",
        "[,] [even if the (function|code) is (incorrect or incomplete|incorrect|incomplete)]",
    ),
];

const RULES: &[Rule] = &[
    Rule {
        pattern: "<given> (complete|finish|fill in) (the|this) (assertion|assert|assert statement) <literal> <even> [:]",
        say: |_, _| Some("assertion".to_owned()),
    },
    Rule {
        pattern: "what (is|does) [missing] [stand in place of] (the|the two) (question marks|gap|blank) [stand for] [:]",
        say: |_, _| Some("assertion".to_owned()),
    },
    Rule {
        pattern: "what <do> <code> (print|output|display|print out) <after>",
        say: |_, _| Some("printed".to_owned()),
    },
    Rule {
        pattern: "<is> (the output|printed|the printed output|the result) [of|by|of running|of executing] [<code>] <after>",
        say: |_, _| Some("printed".to_owned()),
    },
    Rule {
        pattern: "(predict|give me|tell me|show|show me) (the output|what is printed) [of|by] [<code>] [:]",
        say: |_, _| Some("printed".to_owned()),
    },
    Rule {
        pattern: "(what gets printed|what is printed|what output <do> <code> (give|produce)) [by <code>] [:]",
        say: |_, _| Some("printed".to_owned()),
    },
    Rule {
        pattern: "what <do> thiscall (return|give|evaluate to|give back|yield|output) [in|with|given] [<code>] [:]",
        say: |_, _| Some("value".to_owned()),
    },
    Rule {
        pattern: "<is> (thiscall|the value of thiscall|the result of thiscall|the output of thiscall|returned by thiscall|the return value of thiscall) [in|with|given] [<code>] [:]",
        say: |_, _| Some("value".to_owned()),
    },
];
