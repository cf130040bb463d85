// The sandbox's page in headless Chromium: page.mjs CACHE CONTROL BROWSER
// Prints TAP lines. Whatever the page asks of another host fails the test.
import {createRequire} from "node:module";
import {strict as assert} from "node:assert";

const [cache, control, executablePath] = process.argv.slice(2);
const {chromium} = createRequire(cache + "/node_modules/")("playwright-core");
const browser = await chromium.launch({executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"]});
let failed = 0;

const call = async (path, order) => (await fetch(control + path, {
  method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(order)})).status;

const open = async options => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.foreign = [], page.problems = [];
  await page.route("**/*", route => {
    if (!route.request().url().startsWith(control + "/"))
      page.foreign.push(route.request().url());
    return route.continue();
  });
  page.on("console", line => line.type() === "error" && page.problems.push(line.text()));
  page.on("pageerror", problem => page.problems.push(String(problem)));
  await page.goto(control + "/");
  await page.waitForSelector("select[name=user] option", {state: "attached"});
  return page;
};

const test = async (name, run, options) => {
  let page;
  try {
    page = await open(options);
    await run(page);
    assert.deepEqual(page.foreign, [], "asks another host");
    assert.deepEqual(page.problems, [], "problems in the console");
    console.log("ok - sandbox page: " + name);
  } catch (problem) {
    failed++;
    console.log("not ok - sandbox page: " + name);
    console.error(name + ": " + (problem.stack || problem));
  }
  await page?.context().close();
};

const signIn = async (page, choices) => {
  for (const [name, value] of Object.entries(choices))
    if (name === "tenant")
      await page.check(`input[name=tenant][value=${value}]`);
    else if (name === "ip")
      await page.fill("input[name=ip]", value);
    else
      await page.selectOption(`select[name=${name}]`, value);
  await page.click("button[type=submit]");
  await page.waitForSelector("article");
};

await test("signs people in to both tenants", async page => {
  await signIn(page, {tenant: "both", user: "ana@corp.example", device: "ana-laptop", entry: "browser", app: "Salesforce"});
  assert.equal(await page.locator("article").count(), 2);
  assert.match(await page.locator("article[data-tenant=okta]").innerText(), /Authenticate[^]*Catch-all Rule/);
  assert.match(await page.locator("article[data-tenant=access]").innerText(), /default_access_policy_set/);
  assert.ok(await page.locator("article[data-tenant=access] ol.trace li").count() >= 3);
});

await test("a method that is pressed fails, and the fallback is tried", async page => {
  await signIn(page, {tenant: "access", user: "dora@corp.example", device: "dora-mac", entry: "browser", app: ""});
  assert.match(await page.locator(".outcome").innerText(), /gets in by Password \(cloud deployment\)/);
  await page.getByRole("button", {name: "Password (cloud deployment)"}).press("Enter");
  await page.waitForFunction(() => document.querySelector(".outcome").textContent.includes("Local Directory"));
  const pressed = page.getByRole("button", {name: "Password (cloud deployment)"});
  assert.equal(await pressed.getAttribute("aria-pressed"), "true");
  assert.ok(await pressed.evaluate(element => element === document.activeElement), "the focus stays");
  await page.getByRole("button", {name: "Password (Local Directory)"}).click();
  await page.waitForFunction(() => document.querySelector(".outcome").textContent.includes("stays out"));
});

await test("works by keyboard alone", async page => {
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-signin");
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.locator("#okta").isVisible() && !await page.locator("#signin").isVisible());
  await page.keyboard.press("End");
  assert.ok(await page.locator("#requests").isVisible());
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.locator("#signin").isVisible());
  for (let i = 0; i < 8; i++)
    await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Sign in");
  await page.keyboard.press("Enter");
  await page.waitForSelector("article");
});

await test("shows policies, ranges, people and requests", async page => {
  await page.click("#tab-okta");
  assert.match(await page.locator("#okta").innerText(), /Any two factors[^]*Catch-all Rule[^]*two factors[^]*LegacyIpZone/);
  await page.click("#tab-access");
  assert.match(await page.locator("#access").innerText(), /Intelligent Hub[^]*again after 90 days[^]*ALL RANGES[^]*UEM Token/);
  await page.click("#tab-people");
  assert.match(await page.locator("#people").innerText(), /Ana Adler[^]*Sales EMEA[^]*Ben's Android phone/);
  await page.click("#tab-requests");
  assert.match(await page.locator("#requests").innerText(), /\/api\/v1\/policies/);
});

await test("says what is wrong with an address", async page => {
  await page.fill("input[name=ip]", "not an address");
  await page.click("button[type=submit]");
  await page.waitForSelector("#problem:not([hidden])");
  assert.match(await page.locator("#problem").innerText(), /"ip" is an address/);
  page.problems = page.problems.filter(text => !/400/.test(text));
});

await test("a name is text, whatever it looks like", async page => {
  await page.click("#tab-okta");
  assert.match(await page.locator("#okta").innerText(), /<img src=x onerror=alert\(1\)>/);
  assert.equal(await page.locator("#okta img").count(), 0);
});

// The contrast of text against what is behind it, by WCAG.
const contrasts = page => page.evaluate(() => {
  const numbers = colour => colour.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0)
        return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")].filter(one => one.checkVisibility() && [...one.childNodes].some(node =>
    node.nodeType === 3 && node.textContent.trim())).map(one => {
    const a = light(numbers(getComputedStyle(one).color)), b = light(behind(one));
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.tagName + " " + one.className + ": " + one.textContent.slice(0, 30)];
  }).sort((a, b) => a[0] - b[0])[0];
});

for (const colorScheme of ["light", "dark"])
  await test("is readable when it is " + colorScheme, async page => {
    for (const user of ["eve@corp.example", "ana@corp.example"]) {
      await signIn(page, {tenant: "both", user, app: "Salesforce"});
      await page.waitForTimeout(300);
      const [least, where] = await contrasts(page);
      assert.ok(least >= 4.5, `${least.toFixed(2)} at ${where}`);
    }
    await page.click("#tab-okta");
    const [least, where] = await contrasts(page);
    assert.ok(least >= 4.5, `${least.toFixed(2)} at ${where}`);
  }, {colorScheme});

await test("fits a narrow window", async page => {
  await signIn(page, {tenant: "both", user: "ana@corp.example"});
  for (const tab of ["signin", "okta", "access", "people", "requests"]) {
    await page.click("#tab-" + tab);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wider <= 0, `${tab} is ${wider} pixels too wide`);
  }
}, {viewport: {width: 360, height: 640}});

await test("every field has a name", async page => {
  const without = await page.evaluate(() => [...document.querySelectorAll("input, select, button")].filter(one =>
    !one.closest("label") && !one.textContent.trim() && !one.getAttribute("aria-label")).map(one => one.outerHTML));
  assert.deepEqual(without, []);
});

await test("notices what happens behind it", async page => {
  await page.click("#tab-requests");
  const before = await page.locator("#requests tbody tr").count();
  assert.equal(await call("/sandbox/reset", {}), 204);
  await page.waitForFunction(() => document.querySelectorAll("#requests tbody tr").length === 0, null, {timeout: 60000});
  assert.ok(before > 0);
});

await browser.close();
process.exit(failed ? 1 : 0);
