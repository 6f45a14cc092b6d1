// The dashboard as its readers see it: the demo makes real traffic, and the page must say of it
// what the ledger says.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

const { DOWNSHIFT, CHROMIUM, SHOTS } = process.env;
// Without these Chromium looks up hosts of its maker's.
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const AXE = await readFile(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

let demo, browser, admin;

before(async () => {
  demo = spawn(DOWNSHIFT, ["demo", "--fast", "--keep", "--json", "--requests", "150"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface(demo.stdout), "line");
  admin = `http://${JSON.parse(line).admin}`;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
});

after(async () => {
  await browser?.close();
  demo?.kill("SIGTERM");
});

/** The page, loaded and filled; every complaint of the console is an error. */
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, bypassCSP: false, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.asked = [];
  page.on("console", (message) => page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("request", (request) => page.asked.push(request.url()));
  await page.goto(admin + "/dashboard");
  await page.waitForSelector("body[data-ready]");
  return page;
}

const json = async (path) => (await fetch(admin + path)).json();
const text = (page, selector) => page.locator(selector).innerText();

test("figures are the ledger's", async () => {
  const page = await open();
  const { total, groups } = await json("/report?by=rung");
  assert.equal(total.requests, 150);
  assert.equal(await page.getAttribute("#saved", "title"), "$" + total.saving_usd);
  assert.equal(await text(page, "#requests"), String(total.requests));
  for (const group of groups) {
    const said = await text(page, `#rungs li:has(.rung.${group.name}) .said`);
    assert.ok(said.startsWith(`${group.ok} of 150`), said);
  }
  const points = (await json("/dashboard/timeline?span=day")).points;
  const cost = points.reduce((sum, point) => sum + Number(point.cost_usd), 0);
  assert.ok(Math.abs(cost - Number(total.known_cost_usd)) < 1e-12, `${cost} on the chart, ${total.known_cost_usd} in the ledger`);
  const intents = await page.locator("#intents tr").count();
  assert.equal(intents, (await json("/report?by=intent")).groups.length);
  const { requests } = await json("/requests?limit=25");
  const shown = await page.locator("#latest button.open").evaluateAll((all) => all.map((button) => button.dataset.id));
  assert.deepEqual(shown, requests.map((entry) => entry.id));
  assert.deepEqual(page.complaints, []);
  const foreign = page.asked.filter((url) => !url.startsWith(admin) && !url.startsWith("data:"));
  assert.deepEqual(foreign, [], "nothing is fetched from elsewhere");
});

test("models are as the admin port says", async () => {
  const page = await open();
  const { models } = await json("/models");
  for (const model of models) {
    const row = await page.locator("#models tr", { hasText: model.name }).innerText();
    assert.ok(!row.includes("unknown"), row);
    assert.equal(row.includes("well"), model.servers.some((server) => server.circuit === "closed"), row);
  }
  assert.deepEqual(page.complaints, []);
});

test("one request in full, by keyboard alone", async () => {
  const page = await open();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  for (let press = 0; press < 40; press++) {
    if (await page.evaluate(() => document.activeElement.matches("button.open"))) break;
    await page.keyboard.press("Tab");
  }
  const request = await page.evaluate(() => document.activeElement.dataset.id);
  assert.ok(request, "tabbing reaches the latest requests");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open] dl");
  assert.match(await text(page, "#one-body"), new RegExp(request));
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("dialog[open]").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.id), request, "focus returns to where it was");
  assert.deepEqual(page.complaints, []);
});

test("windows, filters and older requests", async () => {
  const page = await open();
  await page.selectOption("#filter-outcome", "upstream_error");
  const { requests } = await json("/requests?limit=25&outcome=upstream_error");
  await page.waitForFunction((count) => document.querySelectorAll("#latest button.open").length === count, requests.length);
  await page.selectOption("#filter-outcome", "");
  await page.waitForFunction(() => document.querySelectorAll("#latest button.open").length === 25);
  await page.click("#older");
  await page.waitForFunction(() => document.querySelectorAll("#latest button.open").length === 50);
  for (const span of ["hour", "week", "all"]) {
    await page.locator(`input[value=${span}]`).focus();
    await page.keyboard.press("Space");
    await page.waitForFunction(() => document.querySelector("#requests").innerText === "150");
  }
  assert.deepEqual(page.complaints, []);
});

for (const [name, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
]) {
  test(`accessible and in its frame: ${name}`, async () => {
    const page = await open(options);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing sticks out sideways");
    await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
    await page.evaluate(AXE);
    const violations = async () => {
      const { violations } = await page.evaluate(() => axe.run());
      return violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
    };
    assert.deepEqual(await violations(), []);
    await page.locator("#latest tr:has(.dot.llm) button.open").first().click();
    await page.waitForSelector("dialog[open] dl");
    assert.ok(await page.locator("#one-body tbody tr").count() > 0, "its calls to models");
    await page.screenshot({ path: `${SHOTS}/${name}-one.png` });
    assert.deepEqual(await violations(), []);
    assert.deepEqual(page.complaints, []);
  });
}

test("what is written in the ledger stays text", async () => {
  const page = await open();
  const evil = "<img src=x onerror=document.title='owned'>";
  await page.route("**/requests?*", async (route) => {
    const page = await (await route.fetch()).json();
    Object.assign(page.requests[0], { model: evil, intent: evil, requested_model: evil });
    await route.fulfill({ json: page });
  });
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  assert.ok((await text(page, "#latest tr:first-child")).includes(evil));
  assert.equal(await page.locator("#latest img").count(), 0);
  assert.equal(await page.title(), "Downshift");
});

test("an empty ledger, and one entry, of a model with a hostile name", async () => {
  const evil = "<img src=x onerror=document.title='owned'>";
  const folder = await mkdtemp(join(tmpdir(), "downshift-"));
  const policy = { models: { [evil]: { api: "openai", base_url: "http://127.0.0.1:9/v1", model: evil, price: { input: 1, output: 2 }, active_parameters: 7e9 } }, llm: evil, intents: { arithmetic: { answer: "arithmetic" } }, notice: evil };
  await writeFile(join(folder, "router.yaml"), JSON.stringify(policy));
  const serving = spawn(DOWNSHIFT, ["serve", "--config", join(folder, "router.yaml"), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"], { stdio: ["ignore", "ignore", "pipe"] });
  const demo = admin;
  try {
    let found;
    for await (const line of createInterface(serving.stderr)) if ((found = /base URL at (http:\S+) .*admin=(\S+)/.exec(line))) break;
    serving.stderr.resume();
    admin = `http://${found[2]}`;
    for (const [requests, energy] of [[0, /^0 J$/], [1, /^(−[\d.]+ to |[\d.]+–)[\d.]+ .?J$/]]) {
      if (requests) await (await fetch(`${found[1]}/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model: "auto", messages: [{ role: "user", content: "what is 15% of 2,340?" }] }) })).text();
      for (const viewport of [{ width: 1200, height: 900 }, { width: 390, height: 844 }]) {
        const page = await open({ viewport });
        assert.equal(await text(page, "#requests"), String(requests));
        assert.match(await text(page, "#energy"), energy);
        assert.equal(await page.locator("main img").count(), 0);
        assert.equal(await page.title(), "Downshift");
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing sticks out sideways");
        const outside = await page.evaluate(() => [...document.querySelectorAll("#cost text")].filter((mark) => mark.getBoundingClientRect().left < 0).length);
        assert.equal(outside, 0, "every mark of the chart is seen whole");
        assert.deepEqual(page.complaints, []);
      }
    }
  } finally {
    admin = demo;
    serving.kill("SIGTERM");
  }
});
