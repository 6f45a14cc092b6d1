//! Hides how an evaluation becomes one self-contained HTML page.

use std::fmt::Write as _;

use downshift_intent::Evaluation;

/// Side of a plot and its margin, in pixels.
const SIDE: f64 = 320.0;
const MARGIN: f64 = 40.0;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
color:#1a1a1a;background:#fff}table{border-collapse:collapse}th,td{padding:.2rem .8rem;text-align:right}\
th:first-child,td:first-child{text-align:left}tr{border-bottom:1px solid #ddd}svg{max-width:100%}\
.plots{display:flex;flex-wrap:wrap;gap:2rem}figure{margin:0}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}tr{border-color:#444}}";

/// The page.
pub(super) fn written(found: &Evaluation, name: &str, data: &str) -> String {
    let (name, data) = (escaped(name), escaped(data));
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{name} on {data}</title><style>{STYLE}</style>\
         <h1>{name}</h1><p>{} queries with an intent and {} without, of {data}.</p>",
        found.in_scope, found.out_of_scope
    );
    figures(&mut page, found);
    page.push_str("<div class=\"plots\">");
    let reliability = found
        .reliability
        .iter()
        .map(|bin| (bin.confidence, bin.accuracy));
    plot(
        &mut page,
        &Plot {
            title: "Reliability: how often it is right by how sure it is",
            across: "confidence",
            up: "right",
            top: 1.0,
            diagonal: true,
        },
        reliability,
    );
    let risks = found.risk_coverage.iter().map(|point| point.risk);
    let top = risks.fold(0.01, f64::max);
    let risk = found
        .risk_coverage
        .iter()
        .map(|point| (point.coverage, point.risk));
    plot(
        &mut page,
        &Plot {
            title: "Risk and coverage: errors among the surest",
            across: "accepted",
            up: "wrong",
            top,
            diagonal: false,
        },
        risk,
    );
    page.push_str("</div>");
    trivial(&mut page, found);
    intents(&mut page, found);
    page.push_str("</html>\n");
    page
}

struct Plot {
    title: &'static str,
    across: &'static str,
    up: &'static str,
    /// The value at the top of the plot.
    top: f64,
    diagonal: bool,
}

fn figures(page: &mut String, found: &Evaluation) {
    let rows = [
        ("accuracy", found.accuracy),
        ("macro-F1", found.macro_f1),
        ("out-of-scope AUROC", found.oos_auroc),
        ("out-of-scope FPR at 95 % recall", found.oos_fpr95),
        ("AUROC of own errors", found.error_auroc),
        ("expected calibration error", found.ece),
    ];
    page.push_str("<table><tbody>");
    for (figure, value) in rows {
        let value = value.map_or_else(
            || "not in this set".to_owned(),
            |value| format!("{value:.4}"),
        );
        push(page, format_args!("<tr><td>{figure}<td>{value}"));
    }
    page.push_str("</tbody></table>");
}

fn plot(page: &mut String, plot: &Plot, points: impl Iterator<Item = (f64, f64)>) {
    let Plot {
        title,
        across,
        up,
        top,
        diagonal,
    } = plot;
    let at = |(x, y): (f64, f64)| (MARGIN + x * SIDE, MARGIN / 2.0 + SIDE * (1.0 - y / top));
    let (whole, bottom) = (SIDE + 1.5 * MARGIN, SIDE + MARGIN / 2.0);
    push(
        page,
        format_args!(
            "<figure><svg role=\"img\" aria-label=\"{title}\" width=\"{whole}\" height=\"{whole}\" \
         fill=\"none\" stroke=\"currentColor\"><path d=\"M{MARGIN} {}V{bottom}H{}\"/>",
            MARGIN / 2.0,
            SIDE + MARGIN
        ),
    );
    if *diagonal {
        push(
            page,
            format_args!(
                "<path stroke-dasharray=\"4\" opacity=\".5\" d=\"M{MARGIN} {bottom}L{} {}\"/>",
                SIDE + MARGIN,
                MARGIN / 2.0
            ),
        );
    }
    let mut line = String::new();
    for (index, point) in points.enumerate() {
        let (x, y) = at(point);
        push(
            &mut line,
            format_args!("{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' }),
        );
    }
    push(
        page,
        format_args!(
            "<path stroke=\"#3b7ddd\" stroke-width=\"2\" d=\"{line}\"/><g stroke=\"none\" fill=\"currentColor\" \
         font-size=\"12\"><text x=\"{MARGIN}\" y=\"{}\">0</text><text x=\"{}\" y=\"{}\" \
         text-anchor=\"end\">{across} 1</text><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{top:.2}</text>\
         <text x=\"{}\" y=\"{}\">{up}</text></g></svg><figcaption>{title}</figcaption></figure>",
            bottom + 16.0,
            SIDE + MARGIN,
            bottom + 16.0,
            MARGIN - 4.0,
            MARGIN / 2.0 + 10.0,
            MARGIN + 6.0,
            MARGIN / 2.0 + 10.0
        ),
    );
}

fn trivial(page: &mut String, found: &Evaluation) {
    if found.false_trivial.is_empty() {
        return;
    }
    page.push_str(
        "<h2>Falsely trivial, by the classifier alone</h2><table><thead><tr><th>threshold<th>of all others<th>of \
         the trivial</thead><tbody>",
    );
    for row in found.false_trivial.iter().chain(&found.false_trivial_at_85) {
        push(
            page,
            format_args!(
                "<tr><td>{:.3}<td>{:.2} %<td>{:.1} %",
                row.threshold,
                row.rate * 100.0,
                row.coverage * 100.0
            ),
        );
    }
    page.push_str("</tbody></table>");
}

fn intents(page: &mut String, found: &Evaluation) {
    page.push_str(
        "<h2>Intents</h2><table><thead><tr><th>intent<th>queries<th>precision<th>recall<th>F1<th>taken for\
         </thead><tbody>",
    );
    for (intent, figures) in &found.per_intent {
        let mut wrong: Vec<_> = figures.confused_with.iter().collect();
        wrong.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
        let wrong: Vec<_> = wrong
            .iter()
            .map(|(other, times)| format!("{} {times}", escaped(other)))
            .collect();
        let precision = figures
            .precision
            .map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
        push(
            page,
            format_args!(
                "<tr><td>{}<td>{}<td>{precision}<td>{:.3}<td>{:.3}<td>{}",
                escaped(intent),
                figures.queries,
                figures.recall,
                figures.f1,
                wrong.join(", ")
            ),
        );
    }
    page.push_str("</tbody></table>");
}

/// Writing to a string cannot fail.
fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).unwrap_or_default();
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
