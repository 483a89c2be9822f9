// The pictures: SVG that an XML reader takes, with everything in it that is on the screen. Those in
// the README are the ones that the command draws today: `npm test -- picture.test -u` draws them.

import { expect, it } from "vitest";
import { housePicture, textPicture } from "../src/picture.js";
import { run, shipped } from "./heap-document.js";

/** Every element is closed in its order; text has no bare "<" or "&". */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, slash = "", name = "", , self = ""] of svg.matchAll(
    /<(\/?)([a-z]+)((?:[^>"]|"[^"]*")*?)(\/?)>/g,
  )) {
    if (slash === "/") expect(open.pop()).toBe(name);
    else if (self === "") open.push(name);
  }
  expect(open).toEqual([]);
  expect(svg.replaceAll(/<[^>]*>/g, "")).not.toMatch(/<|&(?!amp;|lt;|gt;)/);
}

const inReadme = (name: string): string => `../../../docs/pictures/${name}`;

it("draws an explanation as it is told, with its codes", async () => {
  const argv = ["explain", shipped("programs/hand.jsonl.gz"), "--program", "hand-self-list"];
  const { written } = await run([...argv, "--svg", "e.svg"]);
  const svg = written.get("e.svg") as string;
  expectWellFormed(svg);
  expect(svg).toContain("PM-GC-UNREACHABLE");
  expect(svg).toContain("Everything is as recorded of CPython.");
  await expect(svg).toMatchFileSnapshot(inReadme("explain.svg"));
});

it("draws the arenas of a heap, a window a pool", async () => {
  const { written } = await run(["heap", shipped("graphs/linked.hgraph.gz"), "--svg", "h.svg"]);
  const svg = written.get("h.svg") as string;
  expectWellFormed(svg);
  expect(svg).toContain("linked on cpython-3.13");
  expect(svg.match(/<rect /g)?.length).toBeGreaterThan(64);
  await expect(svg).toMatchFileSnapshot(inReadme("house.svg"));
});

it("keeps what XML would take for its own, and colours what a terminal would", () => {
  const svg = textPicture("a <b> & c", ["\u001b[36mx < y\u001b[39m & z"]);
  expectWellFormed(svg);
  expect(svg).toContain('<tspan fill="#7fd3e6">x &lt; y</tspan> &amp; z');
});

it("says of a tall house how many arenas are left out", () => {
  const arena = { arenaIndex: 0, pools: [0, 0.3, 1, undefined], usedBytes: 1 };
  const map = { arenas: Array.from({ length: 50 }, () => arena), classes: [], large: {} };
  const svg = housePicture("tall", map as never);
  expectWellFormed(svg);
  expect(svg).toContain("10 more arenas");
});
