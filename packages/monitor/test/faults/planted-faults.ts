// Small changes of the sources, and the property that kills each.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { CENSUS, HEAP_FILE, PROFILE, RETAINED, TRAPS, WAYS } from "../graph-properties.js";
import { COUNTS, LOG, PRICES, SCRAPED, SITES, TRACK } from "../listening-properties.js";
import { QUANTILE, SAMPLES, SERIES } from "../measure-properties.js";

const DOMINATORS = "dominators.ts";
const SNAPSHOT = "snapshot.ts";
const RETENTION = "retention.ts";
const REACHABILITY = "reachability.ts";
const TYPES = "type-census.ts";
const FILE = "v8-heap-snapshot.ts";
const STACKS = "retention-profile.ts";
const HISTOGRAM = "histogram.ts";
const TIMES = "time-series.ts";
const MONITOR = "monitor.ts";
const COST = "cost-model.ts";
const LOGS = "collection-log.ts";
const ALLOCATIONS = "allocation-sites.ts";
const TRACKS = "collection-track.ts";
const EVENTS = "trace-events.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    file: DOMINATORS,
    name: "who refers to an object is compared by its own discovery, not by its semidominator",
    find: "if ((semi[source] as number) < least) least = semi[source] as number;",
    replace: "if (source < least) least = source;",
    killedBy: RETAINED,
  },
  {
    file: DOMINATORS,
    name: "the label of what lies above is not handed down",
    find: "if (isLess) labels[below] = labels[above] as number;",
    replace: "if (isLess) labels[above] = labels[below] as number;",
    killedBy: RETAINED,
  },
  {
    file: DOMINATORS,
    name: "the walk up the tree takes one step at most",
    find: "while (dominator > (semi[position] as number)) dominator",
    replace: "if (dominator > (semi[position] as number)) dominator",
    killedBy: RETAINED,
  },
  {
    file: DOMINATORS,
    name: "roots are no referrers",
    find: "visitor(0, positions[rootTargets[root] as number] as number);",
    replace: "if (root === 0) visitor(0, positions[rootTargets[root] as number] as number);",
    killedBy: RETAINED,
  },
  {
    file: DOMINATORS,
    name: "an object does not retain itself",
    find: "retainedCounts[object] = (retainedCounts[object] as number) + 1;",
    replace: "",
    killedBy: RETAINED,
  },
  {
    file: SNAPSHOT,
    name: "an empty slot shifts the targets of those behind it",
    find: "edgeSlots[edge++] = slot;",
    replace: "edgeSlots[edge] = edge - (edgeStarts[object] as number);\n      edge++;",
    killedBy: WAYS,
  },
  {
    file: SNAPSHOT,
    name: "every root is told as the first root slot",
    find: "    slots.push(index);\n",
    replace: "    slots.push(0);\n",
    killedBy: WAYS,
  },
  {
    file: SNAPSHOT,
    name: "owned slots hold no references",
    find: "return { fixed: visitedSlotCount + ownedSlotCount, repeats };",
    replace: "return { fixed: visitedSlotCount, repeats };",
    killedBy: HEAP_FILE,
  },
  {
    file: REACHABILITY,
    name: "the search goes on at the newest object, depth first",
    find: "const object = queue[next] as number;",
    replace: "const object = queue[next === 0 ? 0 : count - 1] as number;",
    killedBy: WAYS,
  },
  {
    file: REACHABILITY,
    name: "what a root holds is as near as the root",
    find: "distances[target] = 1;",
    replace: "distances[target] = 0;",
    killedBy: WAYS,
  },
  {
    file: RETENTION,
    name: "the object that is asked about is no part of its own way",
    find: "const through = new Set<number>([object]);",
    replace: "const through = new Set<number>();",
    killedBy: WAYS,
  },
  {
    file: RETENTION,
    name: "of two references of one holder one is told",
    find: "if (target === object) referrers.push({ holder: holderOf(edgeStarts, edge), edge });",
    replace:
      "if (target === object && edgeTargets[edge - 1] !== object)\n" +
      "      referrers.push({ holder: holderOf(edgeStarts, edge), edge });",
    killedBy: WAYS,
  },
  {
    file: TYPES,
    name: "the first object of a type is not counted",
    find: "    entry.count++;\n",
    replace: "    if (counts.has(typeName)) entry.count++;\n",
    killedBy: CENSUS,
  },
  {
    file: TYPES,
    name: "a type that is gone is left out of a difference",
    find: "for (const { typeName, count, bytes } of old.values()) {",
    replace: "for (const { typeName, count, bytes } of [...old.values()].slice(1)) {",
    killedBy: CENSUS,
  },
  {
    file: TYPES,
    name: "what shrank comes after all that grew",
    find: "Math.abs(other.bytes) - Math.abs(one.bytes)",
    replace: "other.bytes - one.bytes",
    killedBy: CENSUS,
  },
  {
    file: FILE,
    name: "a reference is written with the ordinal of its target, not its place",
    find: "return (object + SYNTHETIC_COUNT) * NODE_FIELDS.length;\n  };",
    replace: "return (object + SYNTHETIC_COUNT) * (NODE_FIELDS.length - 1);\n  };",
    killedBy: HEAP_FILE,
  },
  {
    file: FILE,
    name: "garbage keeps alive what it refers to",
    find: "const isIdle = distances[object] === -1 && distances[target] !== -1;",
    replace: "const isIdle = distances[object] === -1 && distances[target] === 0;",
    killedBy: HEAP_FILE,
  },
  {
    file: FILE,
    name: "weak references are strong",
    find: 'yield [WEAK, strings.indexOf("referent"), nodeOf(target)];',
    replace: 'yield [PROPERTY, strings.indexOf("referent"), nodeOf(target)];',
    killedBy: HEAP_FILE,
  },
  {
    file: FILE,
    name: "a name that readers cut is written as it is",
    find: 'return name.startsWith("<") || name === "Object"',
    replace: 'return name === "Object"',
    killedBy: HEAP_FILE,
  },
  {
    file: FILE,
    name: "ids are those of positions, whatever serial was told",
    find: "const id = idOf(serial + SYNTHETIC_COUNT);",
    replace: "const id = idOf(object + SYNTHETIC_COUNT);",
    killedBy: HEAP_FILE,
  },
  {
    file: FILE,
    name: "a negative size is written",
    find: '  assert(sizeBytes >= 0, "a size is not negative");\n',
    replace: "",
    killedBy: TRAPS,
  },
  {
    file: FILE,
    name: "a fraction is written as a size",
    find: '  assert(Number.isInteger(sizeBytes), "a size is a whole number");\n',
    replace: "",
    killedBy: TRAPS,
  },
  {
    file: FILE,
    name: "a size of 4 GiB is written, which readers take for 0",
    find: "if (sizeBytes < SIZE_LIMIT) return;",
    replace: "if (sizeBytes <= SIZE_LIMIT) return;",
    killedBy: TRAPS,
  },
  {
    file: FILE,
    name: "two objects have one serial",
    find: '  assert(!serials.has(serial), "no two objects have the same serial");\n',
    replace: "",
    killedBy: TRAPS,
  },
  {
    file: FILE,
    name: "a serial whose id wraps is written",
    find: '  assert(serial < SERIAL_LIMIT, "a serial is below 2 ** 31 - 4");\n',
    replace: "",
    killedBy: TRAPS,
  },
  {
    file: FILE,
    name: "a reference names no object",
    find: "assert(object >= 0 && object < snapshot.objectCount,",
    replace: "assert(object >= -1 && object <= snapshot.objectCount,",
    killedBy: TRAPS,
  },
  {
    file: FILE,
    name: "an array that the head names is left out",
    find: '["trace_function_infos", "trace_tree", "samples"]',
    replace: '["trace_function_infos", "trace_tree"]',
    killedBy: TRAPS,
  },
  {
    file: FILE,
    name: "places stand behind the strings",
    find:
      '  yield* numbersText("locations", locations.rows);\n  yield* strings.text();\n' +
      '  yield "}\\n";',
    replace:
      '  yield* strings.text();\n  yield ",\\n";\n' +
      '  yield [...numbersText("locations", locations.rows)].join("").replace("],", "]}");',
    killedBy: TRAPS,
  },
  {
    file: FILE,
    name: "the roots are an object, into which readers move sizes",
    find: "    yield [SYNTHETIC, strings.indexOf(name), idOf(index), 0,",
    replace: "    yield [index === 1 ? OBJECT : SYNTHETIC, strings.indexOf(name), idOf(index), 0,",
    killedBy: TRAPS,
  },
  {
    file: FILE,
    name: "a blank stands before a colon that scanners look for",
    find: '{"snapshot":',
    replace: '{"snapshot" :',
    killedBy: TRAPS,
  },
  {
    file: STACKS,
    name: "garbage hangs under the roots",
    find: "at < 0 ? garbage",
    replace: "at < 0 ? roots",
    killedBy: PROFILE,
  },
  {
    file: STACKS,
    name: "an object is told where its type stood first",
    find: "folds[below] = fold;",
    replace: "folds[below] = all[0] as Fold;",
    killedBy: PROFILE,
  },
  {
    file: HISTOGRAM,
    name: "doublings share a step",
    find: "(exact - 5) * STEPS + step",
    replace: "(exact - 5) * (STEPS - 1) + step",
    killedBy: QUANTILE,
  },
  {
    file: HISTOGRAM,
    name: "a quantile is the lower bound of its step",
    find: "return (STEPS + step + 1) * 2 ** (doubling - STEP_SHIFT) - 1;",
    replace: "return (STEPS + step) * 2 ** (doubling - STEP_SHIFT);",
    killedBy: QUANTILE,
  },
  {
    file: HISTOGRAM,
    name: "a quantile may be above the greatest value",
    find: "return Math.min(boundOf(index), greatest);",
    replace: "return boundOf(index + 1);",
    killedBy: QUANTILE,
  },
  {
    file: TIMES,
    name: "merged entries keep the peak of the later one alone",
    find: "greatest: Math.max(one.greatest, other.greatest),",
    replace: "greatest: other.greatest,",
    killedBy: SERIES,
  },
  {
    file: TIMES,
    name: "the last entry of an odd number is lost in a merge",
    find: "merged.push(other === undefined ? one : join(one, other));",
    replace: "if (other !== undefined) merged.push(join(one, other));",
    killedBy: SERIES,
  },
  {
    file: TIMES,
    name: "the last value of a stretch is its first",
    find: "    last: other.last,\n",
    replace: "    last: one.last,\n",
    killedBy: SERIES,
  },
  {
    file: MONITOR,
    name: "deaths in collections are counted outside them",
    find: "if (work.isCollecting) reclaimed.inCollections++;",
    replace: "if (!work.isCollecting) reclaimed.inCollections++;",
    killedBy: COUNTS,
  },
  {
    file: MONITOR,
    name: "the work of a collection is no work of its operation",
    find: "    work.operation += work.collection;\n",
    replace: "",
    killedBy: COUNTS,
  },
  {
    file: MONITOR,
    name: "what a collection examines is no work",
    find: "work.collection = candidateCount;",
    replace: "work.collection = 0;",
    killedBy: COUNTS,
  },
  {
    file: MONITOR,
    name: "arenas are counted by the call",
    find: "arenas.now += b;",
    replace: "arenas.now++;",
    killedBy: COUNTS,
  },
  {
    file: MONITOR,
    name: "pauses are milliseconds",
    find: "(clock.now() - work.startMs) * 1e3",
    replace: "(clock.now() - work.startMs) * 1",
    killedBy: COUNTS,
  },
  {
    file: COST,
    name: "a moved object costs the same, large or small",
    find: "else if (code === EVENT_OBJECT_MOVE) pause += 1 + c;",
    replace: "else if (code === EVENT_OBJECT_MOVE) pause += 1;",
    killedBy: PRICES,
  },
  {
    file: COST,
    name: "candidates are paid for twice by who tells of them one by one",
    find: "if (paidCount > 0) paidCount--;\n    else pause++;",
    replace: "pause++;",
    killedBy: PRICES,
  },
  {
    file: COST,
    name: "an operation without pause is one of nothing",
    find: "if (pause > 0) pauses.add(pause);",
    replace: "pauses.add(pause);",
    killedBy: PRICES,
  },
  {
    file: COST,
    name: "deaths of several operations are one pause",
    find: "      totals.pauses += pause;\n      pause = 0;",
    replace: "      totals.pauses = pauses.sum;",
    killedBy: PRICES,
  },
  {
    file: LOGS,
    name: "unreachable leaves out what could not be collected",
    find: "const unreachable = reclaimedCount + uncollectableCount;",
    replace: "const unreachable = reclaimedCount;",
    killedBy: LOG,
  },
  {
    file: LOGS,
    name: "the permanent generation is told among the others",
    find: "const sizes = [0, 1, 2].map(",
    replace: "const sizes = [0, 1, 2, 3].map(",
    killedBy: LOG,
  },
  {
    file: LOGS,
    name: "bytes are told in words",
    find: "running.reclaimedBytes += c * 4;",
    replace: "running.reclaimedBytes += c;",
    killedBy: LOG,
  },
  {
    file: LOGS,
    name: "a start is told in the time of its end",
    find: "const pauseMs = (clock?.now() ?? 0) - epochMs - startMs;",
    replace: "const pauseMs = (clock?.now() ?? 0) - startMs;",
    killedBy: LOG,
  },
  {
    file: ALLOCATIONS,
    name: "a moved object is forgotten",
    find: "    owners.set(to, tally);\n",
    replace: "",
    killedBy: SITES,
  },
  {
    file: ALLOCATIONS,
    name: "leaving a site leaves the outermost one",
    find: "leave: () => void stack.pop(),",
    replace: "leave: () => void stack.shift(),",
    killedBy: SITES,
  },
  {
    file: ALLOCATIONS,
    name: "a death gives back words and not bytes",
    find: "    tally.liveBytes -= 4 * sizeWords;\n",
    replace: "    tally.liveBytes -= sizeWords;\n",
    killedBy: SITES,
  },
  {
    file: TRACKS,
    name: "a cascade goes on through a collection",
    find: "    endCascade();\n    note();\n    Object.assign(running",
    replace: "    note();\n    Object.assign(running",
    killedBy: TRACK,
  },
  {
    file: TRACKS,
    name: "a slice goes before what holds it",
    find: "one.startUs - other.startUs || other.durationUs - one.durationUs,",
    replace: "one.startUs - other.startUs || one.durationUs - other.durationUs,",
    killedBy: TRACK,
  },
  {
    file: TRACKS,
    name: "a collection of nothing takes no time",
    find: "nowUs = Math.max(nowUs, startUs + 1);",
    replace: "",
    killedBy: TRACK,
  },
  {
    file: EVENTS,
    name: "all managers are one process",
    find: "pid: index + 1",
    replace: "pid: tracks.length",
    killedBy: TRACK,
  },
  {
    file: "prometheus.ts",
    name: "a bucket holds its own step alone",
    find: "      seen += count;\n",
    replace: "      seen = count;\n",
    killedBy: SCRAPED,
  },
  {
    file: "prometheus.ts",
    name: "bytes born are told as bytes reclaimed",
    find: 'metric("reclaimed_bytes_total", "counter", "Bytes of them.", counts.reclaimedBytes);',
    replace: 'metric("reclaimed_bytes_total", "counter", "Bytes of them.", counts.createdBytes);',
    killedBy: SCRAPED,
  },
  {
    file: "pprof.ts",
    name: "stacks are written root first",
    find: "locationId: framesOf(each).map(locationOf).reverse(),",
    replace: "locationId: framesOf(each).map(locationOf),",
    killedBy: SAMPLES,
  },
  {
    file: "allocation-profile.ts",
    name: "two places of one name are one frame",
    find: 'place === undefined ? "" : formatPlace(place)}`;',
    replace: 'place === undefined ? "" : place.file}`;',
    killedBy: SAMPLES,
  },
  {
    file: "allocation-profile.ts",
    name: "a semicolon in a name divides a folded stack",
    find: 'name.replaceAll(";", ",")',
    replace: "name",
    killedBy: SAMPLES,
  },
  {
    file: "speedscope.ts",
    name: "samples of nothing are written with the weight of the next",
    find: "samples: counted.map((sample) => framesOf(sample).map(table.indexOf)),",
    replace: "samples: samples.map((sample) => framesOf(sample).map(table.indexOf)),",
    killedBy: SAMPLES,
  },
];
