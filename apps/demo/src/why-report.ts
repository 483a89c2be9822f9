// Why an object is alive, for people and as a document.

import { formatBytes, formatCount, formatNoun, wrapText } from "./format.js";
import type { InspectedHeap } from "./inspected-heap.js";
import type { Look } from "./look.js";
import type { FoundObject, WhyFinding, WhyStep } from "./why-finding.js";

/** Steps shown at each end of a long way. */
const END_STEPS = 8;

export function whyLines(heap: InspectedHeap, finding: WhyFinding, look: Look): string[] {
  const { asked, alikeCount, path } = finding;
  const { paint, glyphs } = look;
  const { snapshot } = heap;
  const name = snapshot.describe(asked.object);
  const alike = `one of ${formatCount(alikeCount)} of its type`;
  const title = `${name} ${glyphs.dot} ${formatBytes(asked.sizeBytes)} ${glyphs.dot} ${alike}`;
  if (path === undefined) {
    return [
      ...wrapText(title, look.width),
      "",
      ...wrapText(
        "No root reaches it: it is garbage that counting has not reclaimed. A cycle keeps its " +
          "count above zero, and its memory goes with a collection.",
        look.width,
      ),
    ];
  }
  const [first, ...rest] = wrapText(title, look.width);
  return [
    paint.bold(first as string),
    ...rest,
    "",
    "It is alive because of",
    ...pathLines(heap, path, look),
    "",
    ...conclusionLines(heap, finding, look),
  ];
}

function pathLines(heap: InspectedHeap, path: readonly WhyStep[], look: Look): string[] {
  const [first] = path;
  const lines = [`  ${first?.slotName}`];
  for (const [index, step] of path.entries()) {
    if (path.length > 2 * END_STEPS + 1 && index === END_STEPS) {
      lines.push(look.paint.dim(`  and ${formatCount(path.length - 2 * END_STEPS)} more`));
    }
    if (index >= END_STEPS && index < path.length - END_STEPS && path.length > 2 * END_STEPS + 1) {
      continue;
    }
    lines.push(...stepLines(heap, step, index, look));
  }
  return lines;
}

function stepLines(heap: InspectedHeap, step: WhyStep, index: number, look: Look): string[] {
  const { glyphs, paint, width } = look;
  const slot = index === 0 ? "" : `${step.slotName} `;
  const name = heap.snapshot.describe(step.object);
  const going = `${formatBytes(step.retainedBytes)} go with it`;
  const note = step.isDominator ? `every way leads through it, ${going}` : "one way of several";
  const text = `${slot}${glyphs.arrow} ${name} ${glyphs.dot} ${note}`;
  const [head, ...rest] = wrapText(text, width, "    ");
  const shown = step.isDominator ? paint.bold(name) : name;
  return [(head as string).replace(name, () => shown), ...rest.map((line) => `  ${line}`)];
}

function conclusionLines(heap: InspectedHeap, finding: WhyFinding, look: Look): string[] {
  const { snapshot } = heap;
  const { asked, dominator, cut, path = [] } = finding;
  const amount = ({ retainedBytes, retainedCount }: FoundObject): string =>
    `${formatBytes(retainedBytes)} in ${formatNoun(retainedCount, "object")}`;
  const texts = [`With it would go ${amount(asked)}.`];
  if (dominator !== undefined) {
    const name = snapshot.describe(dominator.object);
    texts.push(`It is dominated by ${name}, with which would go ${amount(dominator)}.`);
  } else {
    texts.push("No other object dominates it: roots hold it in ways of their own.");
  }
  if (cut === undefined) {
    texts.push("No single reference holds it: to drop one of them lets nothing go.");
  } else {
    const holder = path[path.indexOf(cut) - 1];
    const from = holder === undefined ? "" : ` of ${snapshot.describe(holder.object)}`;
    const to = snapshot.describe(cut.object);
    texts.push(`Drop "${cut.slotName}"${from} to ${to}: ${amount(cut)} would go.`);
  }
  return texts.flatMap((text) => wrapText(text, look.width));
}

/** What `ouro why --json` prints. */
export function whyDocument(heap: InspectedHeap, finding: WhyFinding) {
  const { asked, alikeCount, path, dominator, cut } = finding;
  const objectOf = ({ object, sizeBytes, retainedBytes, retainedCount }: FoundObject) => ({
    number: heap.numberOf(object),
    type: heap.snapshot.typeNameOf(object),
    bytes: sizeBytes,
    retainedBytes,
    retainedObjects: retainedCount,
  });
  const holder = cut === undefined ? undefined : path?.[path.indexOf(cut) - 1];
  return {
    schema: "ouro/why@1",
    heap: heapDocument(heap),
    object: { ...objectOf(asked), alike: alikeCount },
    alive: path !== undefined,
    path:
      path?.map((step) => ({
        ...objectOf(step),
        via: step.slotName,
        dominates: step.isDominator,
      })) ?? null,
    dominator: dominator === undefined ? null : objectOf(dominator),
    cut:
      cut === undefined
        ? null
        : {
            holder: holder === undefined ? null : heap.numberOf(holder.object),
            via: cut.slotName,
            object: objectOf(cut),
          },
  };
}

/** What every document about a heap says of it first. */
export function heapDocument({ file, kind, name, snapshot }: InspectedHeap) {
  return {
    file,
    kind,
    name,
    objects: snapshot.objectCount,
    references: snapshot.edgeCount,
    bytes: snapshot.sizesBytes.reduce((sum, bytes) => sum + bytes, 0),
  };
}
