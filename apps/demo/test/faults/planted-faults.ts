// Small changes of the command's sources, and the property that kills each.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { CODES, DOCUMENTS, PARTIAL, SLIPS } from "../properties/answer-properties.js";
import { CURVE, LIMITS, PROCESSES, STARS } from "../properties/comparison-properties.js";
import { ORACLE } from "../properties/oracle-properties.js";
import { ORDER, SLOTS } from "../properties/telling-properties.js";

const TIMES = "wall-times.ts";
const METRICS = "compare-metrics.ts";
const REPORT = "compare-report.ts";
const GATE = "compare-gate.ts";
const COMMAND = "compare-command.ts";
const RUNNER = "compare-runner.ts";
const SWEEP = "compare-sweep.ts";
const STRATEGY = "compared-strategy.ts";
const NARRATION = "narration-order.ts";
const NAMES = "graph-slot-names.ts";
const SUGGESTION = "suggestion.ts";
const ARGUMENTS = "arguments.ts";
const EXIT = "exit-code.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    file: TIMES,
    name: "the median of an even number of runs is the greater of the two in the middle",
    find: "isOdd ? upper : (upper + (sorted[middle - 1] as number)) / 2",
    replace: "isOdd ? upper : upper",
    killedBy: STARS,
  },
  {
    file: TIMES,
    name: "the least of the runs is the first one",
    find: "min: sorted[0] as number",
    replace: "min: runs[0] as number",
    killedBy: STARS,
  },
  {
    file: METRICS,
    name: "times by the clock differ as soon as their least ones do",
    find: "return left.max < right.min || right.max < left.min;",
    replace: "return left.min < right.min || right.min < left.min;",
    killedBy: STARS,
  },
  {
    file: METRICS,
    name: "one run has a spread",
    find: "  if (left.runCount < 2 || right.runCount < 2) return false;\n",
    replace: "",
    killedBy: STARS,
  },
  {
    file: REPORT,
    name: "of a metric of which more is better the least is best",
    find: 'metric.better === "less" ? each < value : each > value;',
    replace: "each < value;",
    killedBy: STARS,
  },
  {
    file: REPORT,
    name: "what is better than one other is best",
    find: "    others.every(\n      (each) => isBeyondNoise",
    replace: "    others.some(\n      (each) => isBeyondNoise",
    killedBy: STARS,
  },
  {
    file: GATE,
    name: "what is at its limit is beyond it",
    find: 'metric.better === "less" ? actual > allowed : actual < allowed;',
    replace: 'metric.better === "less" ? actual >= allowed : actual <= allowed;',
    killedBy: LIMITS,
  },
  {
    file: GATE,
    name: "a limit of one strategy is one of all",
    find: "if (limit.strategy !== undefined && limit.strategy !== strategy) continue;",
    replace: "",
    killedBy: LIMITS,
  },
  {
    file: GATE,
    name: "what more is better of may fall by no share",
    find: 'metric.better === "less" ? 1 + tolerance : 1 - tolerance;',
    replace: 'metric.better === "less" ? 1 + tolerance : 1;',
    killedBy: LIMITS,
  },
  {
    file: COMMAND,
    name: "what breaks a limit does not change the exit code",
    find: ".concat(violations.length > 0 ? [EXIT_LIMIT] : [])",
    replace: ".concat(violations.length > 1 ? [EXIT_LIMIT] : [])",
    killedBy: LIMITS,
  },
  {
    file: RUNNER,
    name: "each point of a sweep has a process of its own",
    find: "const rest = { ...order, points: left };",
    replace: "const rest = { ...order, points: left.slice(0, 1) };",
    killedBy: PROCESSES,
  },
  {
    file: RUNNER,
    name: "after a death the process that follows begins with the first point",
    find: "const rest = { ...order, points: left };",
    replace: "const rest = { ...order, points: order.points.slice(0, left.length) };",
    killedBy: PROCESSES,
  },
  {
    file: RUNNER,
    name: "all points of a sweep have the same name",
    find: "point.value} ",
    replace: "point.generation} ",
    killedBy: PROCESSES,
  },
  {
    file: RUNNER,
    name: "a point of which a process died has no value",
    find: "value: point?.value ?? null, ...nothing, failure",
    replace: "value: null, ...nothing, failure",
    killedBy: PROCESSES,
  },
  {
    file: SWEEP,
    name: "the values of a sweep are as far apart, not by the same factor",
    find: "Math.round(from * (to / from) ** (index / (POINT_COUNT - 1)))",
    replace: "Math.round(from + ((to - from) * index) / (POINT_COUNT - 1))",
    killedBy: PROCESSES,
  },
  {
    file: SWEEP,
    name: "a point that another one equals in all is beaten",
    find: "AXES.some((axis) => other[axis] < one[axis])",
    replace: "AXES.some((axis) => other[axis] <= one[axis]) && other !== one",
    killedBy: CURVE,
  },
  {
    file: SWEEP,
    name: "work is no reason to stay on the curve",
    find: 'const AXES = ["pause", "heldBytes", "work"] as const;',
    replace: 'const AXES = ["pause", "heldBytes"] as const;',
    and: [
      {
        file: SWEEP,
        find: "type Traded = Readonly<Record<(typeof AXES)[number], number>>;",
        replace: 'type Traded = Readonly<Record<"pause" | "heldBytes" | "work", number>>;',
      },
    ],
    killedBy: CURVE,
  },
  {
    file: SWEEP,
    name: "the knee is the point farthest from the best",
    find: "distance(point) < distance(knee) ? point : knee",
    replace: "distance(point) > distance(knee) ? point : knee",
    killedBy: CURVE,
  },
  {
    file: STRATEGY,
    name: "what the oracle answers is not kept",
    find: "    problem ??= course.check();\n",
    replace: "    course.check();\n",
    killedBy: ORACLE,
  },
  {
    file: STRATEGY,
    name: "the oracle is asked at the end alone",
    find: "const isDue = meter.hasCollected();",
    replace: "const isDue = !meter.hasCollected() && false;",
    killedBy: ORACLE,
  },
  {
    file: "heap-course.ts",
    name: "deaths are not told to the oracle of heaps",
    find: "for (const object of Array.from(subject.takeDeaths())) isDead[object] = 1;",
    replace: "for (const object of Array.from(subject.takeDeaths())) isDead[object] = 0;",
    killedBy: ORACLE,
  },
  {
    file: "program-course.ts",
    name: "a slot is compared only where it should hold nothing",
    find: "if (got !== (expected ?? -1)) return problem;",
    replace: "if (expected === null && got !== -1) return problem;",
    killedBy: ORACLE,
  },
  {
    file: COMMAND,
    name: "a strategy that loses an object ends with what its failure says",
    find: "liveness?.problem != null ? EXIT_INVARIANT : (failure?.exitCode ?? EXIT_OK)",
    replace: "liveness === null ? EXIT_INVARIANT : (failure?.exitCode ?? EXIT_OK)",
    killedBy: ORACLE,
  },
  {
    file: NARRATION,
    name: "a request is told after the arena that it needed",
    find: "ordered.splice(startOfRun(ordered, ordered.length, SERVES_A_REQUEST), 0, request);",
    replace: "ordered.push(request);",
    killedBy: ORDER,
  },
  {
    file: NARRATION,
    name: "a birth is told after the first count",
    find: "if (isCount && objectOf(entry) === object) place = index;",
    replace: "if (isCount && objectOf(entry) === object) place = index + 1;",
    killedBy: ORDER,
  },
  {
    file: NARRATION,
    name: "a block is free before its pool is",
    find: "ordered.splice(startOfRun(ordered, ordered.length, FOLLOWS_A_FREE), 0, entry);",
    replace: "ordered.push(entry);",
    killedBy: ORDER,
  },
  {
    file: NARRATION,
    name: "an object is reclaimed after its block is free",
    find: "return eventOf(ordered[start - 1]) === EVENT_BLOCK_FREE ? start - 1 : ordered.length;",
    replace: "return eventOf(ordered[start - 1]) === EVENT_BLOCK_FREE ? start : ordered.length;",
    killedBy: ORDER,
  },
  {
    file: NARRATION,
    name: "each safepoint is told",
    find: "return isSafepoint && !MAY_BEGIN_AT_A_SAFEPOINT.includes(eventOf(next));",
    replace: "return isSafepoint && next === entry;",
    killedBy: ORDER,
  },
  {
    file: NAMES,
    name: "lists are visited from their first element",
    find: "visitedCount - 1 - slot",
    replace: "slot",
    killedBy: SLOTS,
  },
  {
    file: NAMES,
    name: "a pair of a dict is its key, then its value",
    find: 'slot % 2 === 0 ? "value" : "key"',
    replace: 'slot % 2 === 0 ? "key" : "value"',
    killedBy: SLOTS,
  },
  {
    file: NAMES,
    name: "a name that was recorded is the next slot's",
    find: "slotNames?.texts[(slotNames.numbers[reference] as number) - 1]",
    replace: "slotNames?.texts[slotNames.numbers[reference] as number]",
    killedBy: SLOTS,
  },
  {
    file: "inspected-heap.ts",
    name: "on the way a slot has the name of the one before it",
    find: "return graphSlotName(graph, object, snapshot.edgeSlots[edge] as number);",
    replace: "return graphSlotName(graph, object, (snapshot.edgeSlots[edge] as number) ^ 1);",
    killedBy: SLOTS,
  },
  {
    file: SUGGESTION,
    name: "two letters that changed places are two slips",
    find: "return count === 2 && letters(one) === letters(other) ? 1 : count;",
    replace: "return count;",
    killedBy: SLIPS,
  },
  {
    file: SUGGESTION,
    name: "capitals are other letters",
    find: "slipCount(name.toLowerCase(), candidate.toLowerCase())",
    replace: "slipCount(name, candidate)",
    killedBy: SLIPS,
  },
  {
    file: ARGUMENTS,
    name: "options of other commands are proposed",
    find: "OPTIONS.filter((option) => allowed.includes(option.name)).flatMap(",
    replace: "OPTIONS.filter((option) => option.name !== command).flatMap(",
    killedBy: SLIPS,
  },
  {
    file: EXIT,
    name: "a damaged file is taken for a wrong option",
    find: '    case "input-format":\n      return EXIT_INPUT;',
    replace: '    case "input-format":\n      return EXIT_USAGE;',
    killedBy: CODES,
  },
  {
    file: EXIT,
    name: "a check that answered no is graver than a file that is not there",
    find: "const GRAVITY = [\n  EXIT_OK,\n  EXIT_ANSWER_NO,\n  EXIT_LIMIT,\n  EXIT_INPUT,",
    replace: "const GRAVITY = [\n  EXIT_OK,\n  EXIT_LIMIT,\n  EXIT_INPUT,\n  EXIT_ANSWER_NO,",
    killedBy: CODES,
  },
  {
    file: "fail-on.ts",
    name: "what is found fails, asked for or not",
    find: "if (line.failOn.length === 0 || found === undefined) return EXIT_OK;",
    replace: "if (found === undefined) return EXIT_OK;",
    killedBy: CODES,
  },
  {
    file: "diff-command.ts",
    name: "a heap that is as large as before has grown",
    find: "if (now <= old) return undefined;",
    replace: "if (now < old) return undefined;",
    killedBy: CODES,
  },
  {
    file: "main.ts",
    name: "a file that is not there is a wrong option",
    find: "    say((error as Error).message);\n    return EXIT_INPUT;",
    replace: "    say((error as Error).message);\n    return EXIT_LIMIT;",
    killedBy: CODES,
  },
  {
    file: "why-report.ts",
    name: "the number of an object is a text",
    find: "number: heap.numberOf(object),",
    replace: "number: String(heap.numberOf(object)),",
    killedBy: DOCUMENTS,
  },
  {
    file: "diff-command.ts",
    name: "rows of a difference have no count of what was there",
    find: "      objectsBefore: countBefore,\n",
    replace: "",
    killedBy: DOCUMENTS,
  },
  {
    file: COMMAND,
    name: "Ctrl-C loses what was compared",
    find: "    return { input, results, isPartial: true };",
    replace: "    return { input, results: [], isPartial: true };",
    killedBy: PARTIAL,
  },
  {
    file: REPORT,
    name: "a comparison that was interrupted says that it is whole",
    find: "    partial: isPartial,\n",
    replace: "    partial: isPartial && results.length === 0,\n",
    killedBy: PARTIAL,
  },
  {
    file: "leaks-finding.ts",
    name: "Ctrl-C loses what was counted",
    find: "censusCount < comparableFrom(survivedCount)",
    replace: "censusCount >= 0",
    killedBy: PARTIAL,
  },
  {
    file: "main.ts",
    name: "a command that was interrupted without an answer ends as if it were done",
    find: '    say("ouro: interrupted before there was an answer.");\n    return EXIT_INTERRUPTED;',
    replace: '    say("ouro: interrupted before there was an answer.");\n    return EXIT_OK;',
    killedBy: PARTIAL,
  },
];
