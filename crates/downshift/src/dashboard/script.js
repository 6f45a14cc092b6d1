"use strict";
// Everything from outside enters the page as text: textContent and attributes, never HTML.
(() => {
const id = (name) => document.getElementById(name);
const SVG = "http://www.w3.org/2000/svg";
const RUNGS = [
  ["llm", "LLM", "the large model"],
  ["specialist", "Specialist", "a small model"],
  ["answer", "Answer", "computed here"],
];
const OUTCOMES = { client_error: "caller’s error", upstream_error: "upstream error", unavailable: "unavailable", refused: "refused", abandoned: "caller left", internal: "our error" };
const PAGE = 25;
const seen = { newest: null, older: [], next: null, expanded: false };
let span = "today", policy = null;

// --- making elements -------------------------------------------------------------------------
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}
const unknown = () => make("span", { class: "unknown" }, "unknown");
const cell = (content, kind) => make("td", { class: kind }, content ?? unknown());
const number = (content) => cell(content, "n");

// --- figures ---------------------------------------------------------------------------------
// Money comes as decimal text; it is shown rounded, and in full in the title.
function usd(text) {
  if (text === null || text === undefined) return null;
  const value = Number(text), size = Math.abs(value), sign = value < 0 ? "−" : "";
  if (size === 0) return "$0";
  const digits = size >= 100 ? 0 : size >= 1 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(size)));
  return sign + "$" + size.toLocaleString("en", { minimumFractionDigits: Math.min(digits, 2), maximumFractionDigits: digits });
}
const money = (text) => (text === null || text === undefined ? null : make("span", { title: "$" + text }, usd(text)));
const count = (value) => Number(value).toLocaleString("en");
const percent = (part, digits = 1) => (part * 100).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + " %";
function scaled(value, units) {
  const [unit, size] = units.find(([, size]) => Math.abs(value) >= size) ?? units.at(-1);
  const amount = value / size;
  return [amount >= 100 ? amount.toFixed(0) : amount >= 10 ? amount.toFixed(1) : amount.toPrecision(2), unit];
}
const JOULES = [["GJ", 1e9], ["MJ", 1e6], ["kJ", 1e3], ["J", 1], ["mJ", 1e-3], ["µJ", 1e-6]];
const GRAMS = [["t", 1e6], ["kg", 1e3], ["g", 1], ["mg", 1e-3], ["µg", 1e-6]];
const SECONDS = [["s", 1], ["ms", 1e-3], ["µs", 1e-6]];
function joules(min, max) {
  if (min === null || min === undefined || max === null || max === undefined) return null;
  if (max === 0 && min === 0) return "0 J";
  // What is saved may be less than nothing, and the bounds then change places.
  const low = Math.min(min, max), high = Math.max(min, max), most = Math.max(-low, high);
  const [unit, size] = JOULES.find(([, size]) => most >= size) ?? JOULES.at(-1);
  const show = (value) => { const amount = Math.abs(value) / size; return (value < 0 ? "−" : "") + (amount >= 100 ? amount.toFixed(0) : String(Number(amount.toPrecision(2)))); };
  return `${show(low)}${low < 0 ? " to " : "–"}${show(high)} ${unit}`;
}
function grams(min, max) {
  if (min === null || min === undefined || max === null || max === undefined) return null;
  if (max === 0) return "0 g";
  const [unit, size] = GRAMS.find(([, size]) => Math.abs(max) >= size) ?? GRAMS.at(-1);
  const show = (value) => String(Number((value / size).toPrecision(2)));
  return `${show(min)}–${show(max)} ${unit} CO₂e`;
}
const seconds = (value) => (value === null || value === undefined ? null : value === 0 ? "0 s" : scaled(value, SECONDS).join(" "));
const clock = (text) => new Date(text).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const moment = (text) => new Date(text).toLocaleString([], { dateStyle: "medium", timeStyle: "medium", hour12: false });
const words = (label) => label.replaceAll("_", " ");

// --- asking ----------------------------------------------------------------------------------
async function ask(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`${path} says ${response.status}`);
  return response.json();
}
function since() {
  const now = new Date();
  if (span === "hour") return new Date(now - 3600e3).toISOString();
  if (span === "today") return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
  if (span === "week") return new Date(now.getFullYear(), now.getMonth(), now.getDate() - 6).toISOString();
  return null;
}
function report(by) {
  const query = new URLSearchParams({ by }), from = since();
  if (from) query.set("since", from);
  return ask("report?" + query);
}
function requests(before) {
  const query = new URLSearchParams({ limit: PAGE });
  if (before) query.set("before", before);
  for (const name of ["rung", "outcome"]) if (id("filter-" + name).value) query.set(name, id("filter-" + name).value);
  return ask("requests?" + query);
}

// --- what was saved --------------------------------------------------------------------------
function without(left, what) { return left ? `; ${count(left)} ${what} unknown` : ""; }
function sums(all) {
  id("saved").textContent = all.ok ? usd(all.saving_usd) : "$0";
  id("saved").title = "$" + all.saving_usd;
  const part = Number(all.baseline_usd) > 0 ? percent(Number(all.saving_usd) / Number(all.baseline_usd), 0) + " of " : "of ";
  id("saved-note").textContent = all.ok ? `${part}${usd(all.baseline_usd)} at the large model alone${without(all.saving_unknown, all.saving_unknown === 1 ? "saving" : "savings")}` : "No request has had a reply yet.";
  const known = all.baseline_energy_max_joules > 0;
  id("energy").textContent = known ? joules(all.baseline_energy_min_joules - all.energy_min_joules, all.baseline_energy_max_joules - all.energy_max_joules) : all.ok ? "unknown" : "0 J";
  id("energy-note").textContent = known ? `${joules(all.energy_min_joules, all.energy_max_joules)} used, ${joules(all.baseline_energy_min_joules, all.baseline_energy_max_joules)} alone${without(all.energy_unknown, "uses")}` : all.ok ? "the large model’s size is not in the policy" : "";
  // Where no grid's intensity is in the policy nothing is said of it.
  id("carbon-note").textContent = all.co2e_unknown < all.requests && all.co2e_max_grams > 0 ? `${grams(all.co2e_min_grams, all.co2e_max_grams)} given off${all.baseline_co2e_max_grams > 0 ? `, ${grams(all.baseline_co2e_min_grams, all.baseline_co2e_max_grams)} alone` : ""}${without(all.co2e_unknown, "amounts")}` : "";
  id("requests").textContent = count(all.requests);
  const failed = all.requests - all.ok;
  id("requests-note").textContent = failed ? `${count(failed)} without a whole reply` : all.requests === 0 ? "" : "all with a whole reply";
  id("own").textContent = seconds(all.own_seconds_p50) ?? "–";
  id("own-note").textContent = all.own_seconds_p95 ? `95 % within ${seconds(all.own_seconds_p95)}` : "";
}

// --- the ladder ------------------------------------------------------------------------------
function ladder(report) {
  const of = (name) => report.groups.find((group) => group.name === name);
  const whole = Math.max(report.total.requests, 1);
  const rows = RUNGS.map(([name, title, about]) => ({ name, title, about, group: of(name), share: (of(name)?.ok ?? 0) / whole }));
  id("rungs").replaceChildren(...rows.map(({ name, title, about, group, share }) => make("li", {},
    make("span", { class: "rung " + name }, title, make("small", {}, about)),
    make("span", { class: "percent" }, report.total.requests ? percent(share) : "–"),
    make("span", { class: "said" }, group ? `${count(group.ok)} of ${count(report.total.requests)}, ${usd(group.known_cost_usd)} paid` : "none", make("small", {}, group && name !== "llm" ? ` ${usd(group.saving_usd)} saved` : "")))));
  // The stream of requests climbs from below; at each rung a band as wide as its share turns off.
  const width = 84, picture = id("ladder");
  picture.replaceChildren();
  let left = 4;
  rows.forEach(({ name, share }, level) => {
    const thick = share * width, middle = level * 90 + 45;
    if (share > 0) {
      const right = left + thick, top = middle - thick / 2, bottom = middle + thick / 2, bend = 16;
      picture.append(shape("path", { class: "band " + name, d: `M${left} 270V${top + bend + thick}Q${left} ${top} ${left + bend + thick} ${top}H200V${bottom}H${right + bend}Q${right} ${bottom} ${right} ${bottom + bend}V270Z` }));
    }
    left += thick + 2;
  });
  const failed = report.total.requests - report.total.ok, up = Object.entries(report.total.escalations).filter(([name]) => name.startsWith("specialist:") && !/unbound|low_confidence|out_of_scope|no_intent|rule|forced/.test(name));
  const tried = up.map(([name, times]) => `${count(times)} ${words(name.split(":")[1])}`);
  id("ladder-note").textContent = [failed ? `${count(failed)} got no whole reply.` : "", tried.length ? `Specialists passed on: ${tried.join(", ")}.` : ""].join(" ").trim();
}

// --- cost over time --------------------------------------------------------------------------
function series(timeline, days) {
  if (span === "hour" || span === "today") return timeline.points.map((point) => ({ ...point, at: point.at * 1000 }));
  return days.groups.map((group) => ({ at: Date.parse(group.name + "T00:00:00Z"), requests: group.requests, cost_usd: group.known_cost_usd, baseline_usd: group.baseline_usd }));
}
function chart(data, step) {
  const picture = id("cost"), from = span === "today" ? Date.parse(since()) : -Infinity;
  const points = data.filter((point) => point.at + step > from);
  const wide = Math.max(picture.parentElement.clientWidth, 280), right = wide - 10, marks = wide < 600 ? 2 : 4;
  picture.setAttribute("viewBox", `0 0 ${wide} 240`);
  picture.replaceChildren();
  id("cost-rows").replaceChildren(...points.slice(-200).reverse().map((point) => make("tr", {}, cell(label(point.at, step)), number(count(point.requests)), number(money(point.cost_usd)), number(money(point.baseline_usd)))));
  if (!points.length) { id("cost-summary").textContent = "No requests in this window."; return; }
  // Sums that grow: what was paid, and what would have been.
  let paid = 0, alone = 0;
  const line = [{ at: points[0].at, paid, alone }];
  for (const point of points) { paid += Number(point.cost_usd); alone += Number(point.baseline_usd); line.push({ at: point.at + step, paid, alone }); }
  const top = Math.max(paid, alone, 1e-12) * 1.06, start = line[0].at, end = line.at(-1).at;
  const values = [0, 1, 2, 3, 4].map((mark) => (top / 1.06) * (mark / 4)), texts = values.map((value) => usd(String(value.toPrecision(2))));
  const left = Math.max(64, 14 + 6.8 * Math.max(...texts.map((text) => text.length)));
  const x = (at) => left + ((at - start) / (end - start)) * (right - left), y = (value) => 212 - (value / top) * 200;
  for (const [mark, value] of values.entries()) {
    picture.append(shape("line", { class: "axis", x1: left, x2: right, y1: y(value), y2: y(value) }), shape("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, texts[mark]));
  }
  for (let mark = 0; mark <= marks; mark++) {
    const at = start + ((end - start) * mark) / marks;
    picture.append(shape("text", { x: x(at), y: 234, "text-anchor": mark === 0 ? "start" : mark === marks ? "end" : "middle" }, label(at, step)));
  }
  const path = (name) => line.map((point, index) => `${index ? "L" : "M"}${x(point.at).toFixed(1)} ${y(point[name]).toFixed(1)}`).join("");
  const back = [...line].reverse().map((point) => `L${x(point.at).toFixed(1)} ${y(point.paid).toFixed(1)}`).join("");
  picture.append(shape("path", { class: "saved", d: path("alone") + back + "Z" }), shape("path", { class: "alone", d: path("alone") }), shape("path", { class: "paid", d: path("paid") }));
  id("cost-summary").textContent = `From ${label(start, step)} to ${label(end, step)}: ${usd(paid)} paid, where the large model alone would have cost ${usd(alone)}. Summed up over time.`;
}
function label(at, step) {
  const date = new Date(at);
  if (step >= 86400e3) return date.toLocaleDateString([], { day: "numeric", month: "short", timeZone: "UTC" });
  return date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: step < 60e3 ? "2-digit" : undefined, hour12: false });
}

// --- tables ----------------------------------------------------------------------------------
function rows(body, content, columns, empty) {
  id(body).replaceChildren(...(content.length ? content : [make("tr", {}, make("td", { class: "empty", colspan: columns }, empty))]));
}
function intents(report) {
  rows("intents", report.groups.map((group) => {
    const bar = make("i");
    bar.style.width = `${group.share * 100}%`;
    return make("tr", {}, make("th", { scope: "row" }, group.name === "none" ? "no intent" : words(group.name)), number(count(group.requests)), make("td", { class: "bar" }, bar, make("span", { class: "quiet" }, percent(group.share))), number(money(group.known_cost_usd)), number(money(group.saving_usd)), number(seconds(group.seconds_p95)));
  }), 6, "No requests in this window.");
}
function trail(entry) {
  if (!entry.trail.length) return "";
  return entry.trail.map((step) => `${step.rung}: ${words(step.reason)}`).join(" · ");
}
function rung(entry) {
  if (entry.outcome !== "ok") return make("span", { class: "dot bad" }, OUTCOMES[entry.outcome] ?? words(entry.outcome));
  return make("span", { class: "dot " + (entry.rung ?? "") }, entry.rung ?? "none");
}
function row(entry) {
  const open = make("button", { class: "open", type: "button", "aria-haspopup": "dialog", "data-id": entry.id }, clock(entry.started));
  const sure = entry.confidence === null || entry.confidence === undefined ? "" : ` ${Math.round(entry.confidence * 100)} %`;
  const tried = entry.trail.some((step) => step.spent);
  return make("tr", {}, cell(open), cell(rung(entry)), cell((entry.intent ? words(entry.intent) : "none") + sure), cell(entry.model ?? "none"), cell(trail(entry), tried ? "trail up" : "trail"), number(money(entry.cost_usd)), number(entry.outcome === "ok" ? money(entry.saving_usd) : "–"), number(seconds(entry.seconds)));
}
function latest(page) {
  const news = seen.newest ? page.requests.findIndex((entry) => entry.id === seen.newest) : 0;
  if (news) id("news").textContent = `${news < 0 ? `More than ${PAGE}` : news} new ${news === 1 ? "request" : "requests"}`;
  seen.newest = page.requests[0]?.id ?? null;
  if (!seen.expanded) seen.next = page.next;
  const focused = document.activeElement?.dataset?.id, all = [...page.requests, ...seen.older];
  const once = [...new Map(all.map((entry) => [entry.id, entry])).values()];
  rows("latest", once.map(row), 8, "No such requests yet.");
  if (focused) document.querySelector(`button.open[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  id("older").hidden = !seen.next;
}
function models(report) {
  const of = (name) => report.groups.find((group) => group.name === name);
  rows("models", policy.models.map((model) => {
    const group = of(model.name);
    return make("tr", {}, make("th", { scope: "row" }, model.name, model.name === policy.llm ? " (top rung)" : ""), cell(standing(model.health)), cell(model.model), number(model.active_parameters ? scaled(model.active_parameters, [["T", 1e12], ["B", 1e9], ["M", 1e6], ["", 1]]).join(" ") : null), number(count(group?.requests ?? 0)), number(count(group ? group.requests - group.ok : 0)), number(money(group?.known_cost_usd ?? "0")), number(group ? seconds(group.seconds_p95) : "–"));
  }), 8, "The policy names no models.");
}
function standing(state) {
  if (!state) return null; // unknown
  const servers = state.servers, well = servers.filter((server) => server.circuit === "closed").length;
  const rest = Math.min(...servers.map((server) => server.rests_seconds ?? Infinity));
  const word = well === servers.length ? "well" : servers.length > 1 && state.available ? `${well} of ${servers.length} servers well` : state.available ? "being tried again" : `left in peace${rest < Infinity ? `, ${Math.ceil(rest)} s more` : ""}`;
  const quick = servers.map((server) => server.first_token_seconds).filter((value) => value !== null);
  const failed = servers.map((server) => server.last_error).filter(Boolean).sort((one, other) => (one.at < other.at ? 1 : -1))[0];
  const said = [quick.length ? `first token ${seconds(Math.min(...quick))}` : "", failed ? `last failed ${clock(failed.at)} (${words(failed.kind)})` : ""].filter(Boolean).join("; ");
  return make("span", { title: failed?.message }, make("span", { class: "dot " + (well === servers.length ? "answer" : state.available ? "llm" : "bad") }, word), said && make("small", { class: "aside" }, said));
}
function policyTable() {
  id("policy-note").textContent = `${policy.file}. Routed names: ${policy.route.join(", ")}. ${policy.rules} ${policy.rules === 1 ? "rule" : "rules"} before the intents. What is not below goes to ${policy.llm}.`;
  const sure = (value) => (value === null ? "default" : String(Math.round(value * 100) / 100));
  rows("policy", policy.intents.map((intent) => make("tr", {}, make("th", { scope: "row" }, words(intent.name), intent.taught ? " (taught)" : ""), cell(intent.answer ?? "–"), cell(intent.specialist ?? "–"), number(sure(intent.confidence)), number(sure(intent.escalate_below)))), 5, "The policy binds no intents: everything goes to the large model.");
  id("notice").hidden = !policy.notice;
  id("notice").textContent = policy.notice ?? "";
  id("version").textContent = "Downshift " + policy.version + ".";
}

// --- one request -----------------------------------------------------------------------------
function list(pairs) {
  return make("dl", {}, ...pairs.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value ?? unknown())]));
}
function steps(entry) {
  const path = entry.trail.map((step) => make("li", { class: step.spent ? "bad" : "" },
    make("strong", {}, step.rung), " passed on: " + words(step.reason),
    make("span", {}, (step.detail ? ". " + step.detail : "") + (step.spent ? `. The try took ${seconds(step.spent.seconds) ?? "an unknown time"} and cost ${usd(step.spent.cost_usd) ?? "an unknown sum"}.` : ""))));
  const end = entry.outcome === "ok" ? `replied: ${entry.model}` : `${OUTCOMES[entry.outcome] ?? words(entry.outcome)}${entry.model ? ": " + entry.model : ""}`;
  path.push(make("li", { class: entry.outcome === "ok" ? entry.rung : "bad" }, make("strong", {}, entry.rung ?? "no rung"), " " + end));
  return make("ol", { class: "path" }, ...path);
}
function tokens(entry) {
  if (entry.input_tokens === null || entry.input_tokens === undefined) return null;
  return `${count(entry.input_tokens)} in, ${count(entry.output_tokens)} out${entry.tokens_estimated ? ", estimated" : ""}`;
}
function calls(entry) {
  if (!entry.attempts.length) return [];
  const row = (call) => make("tr", {}, make("th", { scope: "row" }, call.response_model && call.response_model !== call.model ? `${call.model} (${call.response_model})` : call.model), cell(make("span", { class: "dot " + (call.outcome === "ok" ? call.rung : "bad") }, words(call.outcome) + (call.judging ? ", to judge" : ""))), number(seconds(call.after_seconds)), number(seconds(call.seconds)), number(call.input_tokens === null ? null : `${count(call.input_tokens)} / ${count(call.output_tokens)}`), number(money(call.cost_usd)));
  const head = [["Model"], ["Ended"], ["Began after", "n"], ["Took", "n"], ["Tokens in / out", "n"], ["Cost", "n"]].map(([name, kind]) => make("th", { scope: "col", class: kind }, name));
  return [make("h3", {}, "Its calls to models"), make("div", { class: "wide", tabindex: 0, role: "group", "aria-label": "Calls to models" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...entry.attempts.map(row))))];
}
function detail(entry) {
  const method = entry.baseline_method ? ` (${words(entry.baseline_method)})` : "";
  return [
    list([["Id", entry.id], ["Arrived", moment(entry.started)], ["Trace", entry.trace_id ?? "none"], ["Asked for", entry.requested_model + (entry.stream ? ", streamed" : "")], ["Intent", entry.intent ? `${words(entry.intent)}${entry.confidence === null ? "" : ", " + percent(entry.confidence)} sure` : "none"]]),
    make("h3", {}, "Its way up"), steps(entry),
    ...calls(entry),
    make("h3", {}, "What it came to"),
    list([["Cost", money(entry.cost_usd)], ["Large model alone", entry.baseline_usd === null && entry.outcome !== "ok" ? "nothing to compare with" : entry.baseline_usd === null ? null : usd(entry.baseline_usd) + method], ["Saved", entry.outcome === "ok" ? money(entry.saving_usd) : "–"], ["Tokens", tokens(entry)], ["Energy, estimated", joules(entry.energy_min_joules, entry.energy_max_joules)], ...(entry.co2e_max_grams === null || entry.co2e_max_grams === undefined ? [] : [["Greenhouse gases, estimated", grams(entry.co2e_min_grams, entry.co2e_max_grams)]]), ["FLOPs", entry.flops === null ? null : Number(entry.flops).toExponential(2)], ["Time", `${seconds(entry.seconds)}; ${seconds(entry.own_seconds)} our own, ${seconds(entry.upstream_seconds)} upstream`], ["First token", entry.first_token_seconds === null ? "none" : seconds(entry.first_token_seconds)]]),
    make("details", {}, make("summary", {}, "The entry as it is kept"), make("pre", { tabindex: 0 }, JSON.stringify(entry, null, 2))),
  ];
}
async function show(request) {
  id("one-body").replaceChildren(make("p", {}, "…"));
  if (!id("one").open) id("one").showModal();
  try { id("one-body").replaceChildren(...detail(await ask("requests/" + encodeURIComponent(request)))); }
  catch (error) { id("one-body").replaceChildren(make("p", {}, String(error.message))); }
}

// --- keeping it live -------------------------------------------------------------------------
function state(text, kind) { if (id("state").textContent !== text) id("state").textContent = text; id("state").className = "state " + kind; }
let turn = 0, timer = null;
async function refresh() {
  const mine = ++turn, began = performance.now(), short = span === "hour" || span === "today";
  clearTimeout(timer);
  try {
    const [rungs, byIntent, byModel, time, page, current] = await Promise.all([
      report("rung"), report("intent"), report("model"),
      short ? ask("dashboard/timeline?span=" + (span === "hour" || recently() ? "hour" : "day")) : report("day"),
      requests(), ask("dashboard/policy"),
    ]);
    if (mine !== turn) return;
    policy = current;
    sums(rungs.total); ladder(rungs); intents(byIntent); models(byModel); policyTable(); latest(page);
    chart(series(time, time), short ? time.step_seconds * 1000 : 86400e3);
    document.body.dataset.ready = "yes";
    state(current.draining ? "draining" : "live", current.draining ? "lost" : "live");
  } catch (error) {
    if (mine !== turn) return;
    state("not reached; trying again", "lost");
  }
  // A ledger that takes long to sum is asked less often.
  const took = performance.now() - began;
  if (mine === turn && !document.hidden) timer = setTimeout(refresh, Math.min(60e3, Math.max(2000, took * 10)));
}
// While all of today's requests are of the last hour, today is drawn in fine steps.
let firstOfDay = null;
function recently() { return firstOfDay !== null && Date.now() - firstOfDay < 3000e3; }
async function first() {
  try { const day = await ask("dashboard/timeline?span=day"); firstOfDay = (day.points[0]?.at ?? Date.now() / 1000) * 1000; } catch { firstOfDay = null; }
}
for (const input of document.querySelectorAll("input[name=span]")) input.addEventListener("change", () => {
  span = input.value;
  document.querySelector("[data-window]").textContent = { hour: "in the last hour", today: "today", week: "in 7 days", all: "in all" }[span];
  refresh();
});
for (const name of ["rung", "outcome"]) id("filter-" + name).addEventListener("change", () => { Object.assign(seen, { newest: null, older: [], next: null, expanded: false }); refresh(); });
id("older").addEventListener("click", async () => {
  const page = await requests(seen.next);
  seen.older.push(...page.requests); seen.next = page.next; seen.expanded = true;
  refresh();
});
id("latest").addEventListener("click", (event) => {
  const button = event.target.closest("button.open");
  if (button) show(button.dataset.id);
});
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));
first().then(refresh);
})();
