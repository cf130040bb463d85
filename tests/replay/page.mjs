// The page of a replay in headless Chromium: page.mjs CACHE PAGE BROWSER PICTURES
// Prints TAP lines, and keeps a screenshot of each width and scheme in PICTURES.
import {createRequire} from "node:module";
import {strict as assert} from "node:assert";

const [cache, file, executablePath, pictures] = process.argv.slice(2);
const {chromium} = createRequire(cache + "/node_modules/")("playwright-core");
const browser = await chromium.launch({executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"]});
let failed = 0;

const test = async (name, options, run) => {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage(), asked = [], problems = [];
    page.on("request", request => asked.push(request.url()));
    page.on("console", line => line.type() === "error" && problems.push(line.text()));
    page.on("pageerror", problem => problems.push(String(problem)));
    await page.goto("file://" + file);
    await run(page);
    assert.deepEqual(asked, ["file://" + file], "it asks for more than itself");
    assert.deepEqual(problems, [], "problems in the console");
    console.log("ok - replay page: " + name);
  } catch (problem) {
    failed++;
    console.log("not ok - replay page: " + name);
    console.error(problem);
  }
  await context.close();
};

// Every text against what lies behind it, by WCAG; answers those below 4.5, or 3 when large.
const contrasts = page => page.evaluate(() => {
  const probe = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = color => {
    probe.clearRect(0, 0, 1, 1), probe.fillStyle = color, probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return rgb(getComputedStyle(document.body).backgroundColor);
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement, style = getComputedStyle(element);
    if (!node.data.trim() || !element.getClientRects().length || ["SCRIPT", "STYLE", "TITLE"].includes(element.tagName)) continue;
    const ink = light(rgb(element.namespaceURI.endsWith("svg") ? style.fill : style.color)), paper = light(behind(element));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) weak.push(`${ratio.toFixed(2)}: ${node.data.trim().slice(0, 40)}`);
  }
  return weak;
});

for (const width of [390, 1280])
  for (const colorScheme of ["light", "dark"])
    await test(`${width} wide, ${colorScheme}: nothing is cut off or hard to read`, {viewport: {width, height: 900}, colorScheme}, async page => {
      await page.screenshot({path: `${pictures}/replay-${width}-${colorScheme}.png`, fullPage: true});
      const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(inner <= outer, `the page is ${inner} wide, the window ${outer}`);
      assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("svg text")].filter(text => {
        const box = text.getBoundingClientRect(), frame = text.ownerSVGElement.getBoundingClientRect();
        return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
      }).map(text => text.textContent)), [], "texts beyond their plot");
      assert.deepEqual(await contrasts(page), [], "weak contrasts");
    });

await test("the keyboard reaches the filter first, and it filters", {viewport: {width: 1280, height: 900}}, async page => {
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "filter");
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
  const rows = () => page.evaluate(() => [...document.querySelectorAll("table.filtered tbody tr")].filter(row => row.getClientRects().length).length);
  const all = await rows();
  await page.keyboard.type("office");
  const some = await rows();
  assert.ok(some > 0 && some < all, `${some} of ${all} rows`);
  assert.equal(await page.evaluate(() => document.getElementById("shown").textContent), `${some} rows`);
  for (let i = 0; i < 6; i++) await page.keyboard.press("Backspace");
  assert.equal(await rows(), all);
});

await test("what scrolls sideways can be scrolled by the keyboard", {viewport: {width: 390, height: 900}}, async page => {
  const stuck = await page.evaluate(() => [...document.querySelectorAll("section")].filter(part =>
    part.scrollWidth > part.clientWidth + 1 && part.tabIndex < 0 && !part.querySelector("a,input,button")).length);
  assert.equal(stuck, 0);
});

await test("on paper it is black on white, whole, and without controls", {viewport: {width: 794, height: 1123}, colorScheme: "dark"}, async page => {
  await page.emulateMedia({media: "print"});
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".controls")).display), "none");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  const weak = await contrasts(page);
  assert.deepEqual(weak, []);
  assert.ok((await page.pdf({format: "A4"})).length > 10000);
});

await browser.close();
process.exit(failed ? 1 : 0);
