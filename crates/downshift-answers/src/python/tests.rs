//! Programs and what they give. The expected values were computed by `CPython` 3.11.

use jiff::Timestamp;
use proptest::prelude::*;

use super::Python;
use crate::{Answerer, Context, Question};

fn answer(question: &str) -> Option<String> {
    let context = Context {
        now: Timestamp::UNIX_EPOCH,
        zone: None,
        table: None,
    };
    let answer = Python.answer(&Question::alone(question), &context);
    answer.map(|answer| answer.text)
}

/// A program whose last line is a call, and the value of that; nothing where it is passed on.
#[track_caller]
fn check(program: &str, expected: &str) {
    let (above, call) = program.rsplit_once('\n').unwrap_or(("", program));
    let question = format!("Complete the assertion:\n```python\n{above}\nassert {call} == ??\n```");
    let given = answer(&question);
    let expected = Some(expected).filter(|expected| !expected.is_empty());
    assert_eq!(given.as_deref(), expected, "{program}");
}

/// Words around a program, `CODE` standing for it, and what is said; nothing where it is passed on.
#[track_caller]
fn check_words(words: &str, code: &str, expected: &str) {
    let given = answer(&words.replace("CODE", code));
    let expected = Some(expected).filter(|expected| !expected.is_empty());
    assert_eq!(given.as_deref(), expected, "{words}");
}

/// Programs whose last line is a call, and its value.
const KNOWN: &[(&str, &str)] = &[
    (
        "def f(n):
    total = 0
    for i in range(n):
        if i % 3 == 0:
            continue
        total += i
    return total
f(10)",
        "27",
    ),
    (
        "def f(words):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
f(['tea', 'rye', 'tea', 'oat', 'rye', 'tea'])",
        "[('tea', 3), ('rye', 2), ('oat', 1)]",
    ),
    (
        "def f(items):
    for item in items:
        if item % 2 == 0:
            items.remove(item)
    return items
f([2, 4, 6, 7, 8, 10])",
        "[4, 7, 10]",
    ),
    (
        "def f(xs, ys=[]):
    ys.append(len(xs))
    return ys
f([1]) + f([1, 2])",
        "[1, 2, 1, 2]",
    ),
    (
        "def f(text):
    out = ''
    for at, sign in enumerate(text):
        out += sign.upper() if at % 2 else sign
    return out[::-1]
f('harbour')",
        "'rUoBrAh'",
    ),
    (
        "def f(n):
    while True:
        n //= 2
        if n < 3:
            break
    else:
        return 'never'
    return n
f(97)",
        "1",
    ),
    (
        "def f(grid):
    return [list(row) for row in zip(*grid)]
f([[1, 2, 3], [4, 5, 6]])",
        "[[1, 4], [2, 5], [3, 6]]",
    ),
    (
        "def make(step):
    def add(value):
        return value + step
    return add
make(5)(7)",
        "12",
    ),
    (
        "def f(text):
    head, *rest = text.split('-', 2)
    return {head: rest, 'n': len(rest)}
f('a-b-c-d')",
        "{'a': ['b', 'c-d'], 'n': 2}",
    ),
    (
        "def f(d):
    try:
        return d['x'] / d['y']
    except ZeroDivisionError:
        return 'none'
    except KeyError:
        return 'no key'
    finally:
        d.clear()
[f({'x': 1, 'y': 0}), f({'x': 1}), f({'x': 7, 'y': 2})]",
        "['none', 'no key', 3.5]",
    ),
    (
        "def f(a, b):
    return f'{a:>5}|{b:.2f}|{a!r}|{b:,.1f}'
f('ab', 12345.678)",
        r#""   ab|12345.68|'ab'|12,345.7""#,
    ),
    (
        "def f(x):
    return -7 // 2, -7 % 3, 7 % -3, -7.5 // 2, 2 ** 10, 1 / 3, x ** 0
f(3)",
        "(-4, 2, -2, -4.0, 1024, 0.3333333333333333, 1)",
    ),
    (
        "def f():
    return round(0.5), round(1.5), round(2.675, 2), 0.1 + 0.2, 1e16, 1e-5, 100.0, 3 == 3.0
f()",
        "(0, 2, 2.67, 0.30000000000000004, 1e+16, 1e-05, 100.0, True)",
    ),
    (
        "def f(a, b):
    return a & b, a | b, a - b, a ^ b, len(a), 3 in a
f({1, 2, 3}, {3, 4})",
        "({3}, {1, 2, 3, 4}, {1, 2}, {1, 2, 4}, 3, True)",
    ),
    (
        "def f(xs):
    xs[1:3] = ['a', 'b', 'c']
    del xs[::2]
    xs.insert(-1, 'z')
    return xs
f([0, 1, 2, 3, 4])",
        "['a', 'c', 'z', 4]",
    ),
    (
        "def f(n):
    return n if n < 2 else f(n - 1) + f(n - 2)
f(11)",
        "89",
    ),
    (
        r#"def f(text):
    return text.partition(':'), text.rsplit(' ', 1), text.title(), text.find('z'), text.count('l')
f("all: they're well")"#,
        r#"(('all', ':', " they're well"), ["all: they're", 'well'], "All: They'Re Well", -1, 4)"#,
    ),
    (
        "def f(xs):
    return any(x > 2 for x in xs), all(x > 0 for x in xs), sum(x * x for x in xs), max(xs, key=lambda x: -x)
f([1, 2, 3])",
        "(True, True, 14, 1)",
    ),
    (
        "def f(s):
    return s.translate(str.maketrans('abc', 'xyz', 'd')), s.center(9, '*'), s.zfill(7), '%s-%03d' % (s, 7)
f('abcd')",
        "('xyz', '***abcd**', '000abcd', 'abcd-007')",
    ),
    (
        "def f(a):
    b = a
    c = a[:]
    b.append(4)
    a += [5]
    return a, b, c
f([1])",
        "([1, 4, 5], [1, 4, 5], [1])",
    ),
    (
        "def f(xs):
    it = reversed(xs)
    return list(it), list(it), list(map(str, xs)), list(filter(None, xs))
f([0, 1, 2])",
        "([2, 1, 0], [], ['0', '1', '2'], [1, 2])",
    ),
    (
        "def f(text):
    return 'a' < 'b' < text, not text, text or 'none', text and text[-1], None is None
f('bc')",
        "(True, False, 'bc', 'c', True)",
    ),
    (
        "def f(rows):
    return {name: [mark for mark in marks if mark >= 5] for name, marks in rows}
f([('ann', [4, 5]), ('bob', [9, 1, 7])])",
        "{'ann': [5], 'bob': [9, 7]}",
    ),
    (
        r#"def f(t):
    return (t,), (), ((1, 2), t), [None, True], 'it\'s', "say \"hi\"", 'tab\t'
f('x')"#,
        r#"(('x',), (), ((1, 2), 'x'), [None, True], "it's", 'say "hi"', 'tab\t')"#,
    ),
];

/// Programs that are passed on.
const UNKNOWN: &[&str] = &[
    // the order of a set
    "def f(words):
    return ','.join(set(words))
f(['a', 'b', 'c'])",
    // an import
    "import os
def f():
    return os.getcwd()
f()",
    // an exception that nothing catches
    "def f(xs):
    return xs[5]
f([1])",
    // no end
    "def f():
    while True:
        pass
f()",
    // too deep
    "def f(n):
    return f(n + 1)
f(0)",
    // too large
    "def f():
    return 'a' * 10 ** 9
f()",
    // more than 64 bits
    "def f(n):
    return 2 ** n
f(64)",
    // a power whose last digit is the platform's
    "def f(x):
    return x ** 0.5
f(2)",
    // a name that is not bound yet
    "def f():
    x = y
    y = 2
    return x
f()",
    // a letter whose case is a matter of tables
    "def f(text):
    return text.upper()
f('straße')",
    // a dict changed while it is walked over
    "def f(d):
    for key in d:
        d.pop(key)
    return d
f({1: 2, 3: 4})",
    // a class
    "class A:
    pass
def f():
    return A()
f()",
    // a list in itself
    "def f(xs):
    xs.append(xs)
    return xs
f([1])",
    // how numbers happen to be kept
    "def f(x):
    return x is 1000
f(1000)",
    // a generator that runs later
    "def f():
    g = (x for x in [1, 2])
    return list(g)
f()",
    // a generator
    "def f():
    yield 1
f()",
    // a sum that newer versions compensate
    "def f():
    return sum([0.1] * 10)
f()",
    // an attribute
    "def f(x):
    return x.real
f(1)",
    // a function as a value
    "def f():
    return f
f()",
];

#[test]
fn programs_give_what_the_language_says() {
    for (program, expected) in KNOWN {
        check(program, expected);
    }
}

#[test]
fn what_is_not_surely_known_is_passed_on() {
    for program in UNKNOWN {
        check(program, "");
    }
}

#[test]
fn every_word_around_a_program_is_accounted_for() {
    let code = "```python\ndef f(x):\n    return x + 1\nprint(f(4))\n```";
    check_words("What does this print?\nCODE", code, "5");
    check_words("CODE\nwhat is the output of this code?", code, "5");
    check_words(
        "Please predict the output of the following Python code:\nCODE",
        code,
        "5",
    );
    check_words("What does `f(9)` return?\nCODE", code, "10");
    check_words("what is f(f(0)) given the code below?\nCODE", code, "2");
    check_words(
        "What will this script print?\nprint(3 * 'ab')",
        code,
        "ababab",
    );
    check_words("What does this print, and why?\nCODE", code, "");
    check_words("What should this print?\nCODE", code, "");
    check_words("Rewrite this so that it prints 6:\nCODE", code, "");
    check_words("What does this print in Python 2?\nCODE", code, "");
    check_words("What is wrong with this code?\nCODE", code, "");
    check_words("What does g(9) return?\nCODE", code, "");
    check_words("What does this print?\nCODE\nCODE", code, "");
    check_words("Why does `f(9)` return?\nCODE", code, "");
    let prose = "You are given a Python function and an assertion containing an input to the function. \
                 Complete the assertion with a literal containing the output.\n\n[PYTHON]\n\
                 def f(a, b):\n    return a[b:]\nassert f('shore', 2) == ??\n[/PYTHON]";
    check_words("CODE", prose, "'ore'");
    let several =
        "What does this print?\nfor i in range(2):\n    print(i, end='; ')\n    print('x')";
    check_words("CODE", several, "```\n0; x\n1; x\n```");
}

#[test]
fn deep_programs_fit_a_small_stack() {
    let nested = format!("{}1{}", "(".repeat(400), ")".repeat(400));
    let deep = "def f(n):\n    return [f(n - 1)] if n else []\nassert f(1000) == ??";
    let programs = [
        format!("x = {nested}\nprint(x)"),
        format!("```\n{deep}\n```"),
        "a = []\nfor i in range(3000):\n    a = [a]\nprint(a)".to_owned(),
        format!("print({})", "-".repeat(3_000) + "1"),
        format!("print(1{})", "+1".repeat(1_400)),
        format!("print({})", "not ".repeat(1_400) + "1"),
        format!("x = 1{}\nprint(x)", ".a()".repeat(600)),
    ];
    let run = move || {
        for program in programs {
            assert_eq!(answer(&format!("What does this print?\n{program}")), None);
        }
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run);
    thread.expect("a thread").join().expect("no overflow");
}

proptest! {
    #[test]
    fn any_text_is_answered_or_passed_on(code in "[ -~\n]{0,200}") {
        let _: Option<String> = answer(&format!("What does this print?\n```python\n{code}\n```"));
    }

    #[test]
    fn expressions_of_whole_numbers_are_exact(left in -60_i64..60, right in 1_i64..40, shift in 0_u32..9) {
        let code = format!("print(({left} // {right}) * {right} + {left} % {right}, {left} << {shift})");
        let expected = format!("{left} {}", left << shift);
        prop_assert_eq!(answer(&format!("What does this print?\n{code}")), Some(expected));
    }
}
