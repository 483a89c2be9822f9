// Faults that detectors of cycles are known for, each a small change of the sources, and the
// property that kills it. A fault that no longer applies fails loudly: the sources moved on.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import * as names from "../property-names.js";

const DETECTOR = "subtract-detector.ts";
const GRAPH = "object-graph.ts";
const COMPONENTS = "strong-components.ts";
const ARCS = "feedback-arcs.ts";
const REPORT = "cycle-report.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "a count above two is taken for two",
    file: DETECTOR,
    find: "    words[markOf(object)] = count < 0 ? immortalCount : count + 1;",
    replace: "    words[markOf(object)] = count < 0 ? immortalCount : Math.min(count, 2) + 1;",
    killedBy: names.FINDS,
  },
  {
    name: "owned-only references are subtracted",
    file: DETECTOR,
    find: `    const end = object + (words[row + ROW_VISITED_END] as number) + length;
    for (let slot = object + (words[row + ROW_SLOTS_START] as number); slot < end; slot++) {`,
    replace: `    const end = object + (words[row + 2] as number) + length;
    for (let slot = object + (words[row + ROW_SLOTS_START] as number); slot < end; slot++) {`,
    killedBy: names.FINDS,
  },
  {
    name: "a visited slot is missed",
    file: DETECTOR,
    find: "object + (words[row + ROW_SLOTS_START] as number); slot < end; slot++) {",
    replace: "object + (words[row + ROW_SLOTS_START] as number) + 1; slot < end; slot++) {",
    killedBy: names.FINDS,
  },
  {
    name: "a count below zero is taken for zero",
    file: DETECTOR,
    find: "      if (mark === 1) refuseCount(value, object);",
    replace: "      if (mark === 1) continue;",
    killedBy: names.REFUSES,
  },
  {
    name: "a refusal leaves the marks",
    file: DETECTOR,
    find: "      clearMarks(start, end);\n      throw error;",
    replace: "      throw error;",
    killedBy: names.REFUSES,
  },
  {
    name: "the marks of reached objects stay",
    file: DETECTOR,
    find: "          reachFrom(object);\n          words[markOf(object)] = 0;",
    replace: "          reachFrom(object);",
    killedBy: names.AT_REST,
  },
  {
    name: "what is rescued is not looked at",
    file: DETECTOR,
    find: "      reachFrom(~entry);",
    replace: "      if (entry > 0) reachFrom(~entry);",
    killedBy: names.FINDS,
  },
  {
    name: "what is rescued stays in the chain of the exiled",
    file: DETECTOR,
    find: "      rescuedCount++;\n",
    replace: "",
    killedBy: names.FINDS,
  },
  {
    name: "a chain is written on beyond the end of a piece",
    file: DETECTOR,
    find: "(next | PIECE_MASK) + 1; object !== 0",
    replace: "(next | PIECE_MASK) + 2; object !== 0",
    killedBy: names.ORDER,
  },
  {
    name: "a list is read on beyond the end of a piece",
    file: DETECTOR,
    find: "Math.min(end, (index | PIECE_MASK) + 1)",
    replace: "Math.min(end, (index | PIECE_MASK) + 2)",
    killedBy: names.FINDS,
  },
  {
    name: "all objects are visited forward",
    file: DETECTOR,
    find: "(words[row + ROW_FLAGS] as number) & TYPE_VISIT_BACKWARD) === 0",
    replace: "(words[row + ROW_FLAGS] as number) & 0) === 0",
    killedBy: names.ORDER,
  },
  {
    name: "the found come in the order of the list reversed",
    file: DETECTOR,
    find: "      else words[markOf(last)] = ~((object >> 2) << 1);\n        last = object;",
    replace: "      else words[markOf(last)] = ~((object >> 2) << 1);\n        last = first;",
    killedBy: names.ORDER,
  },
  {
    name: "asked again, forgotten objects are examined",
    file: DETECTOR,
    find: "      dropForgotten(list.start, list.end);",
    replace: "",
    killedBy: names.AGAIN,
  },
  {
    name: "counts are subtracted in the objects themselves",
    file: DETECTOR,
    find: "      words[marks + (value >> 2)] = mark - 1;",
    replace: "      words[marks + (value >> 2)] = mark - 1;\n      words[value] = mark;",
    killedBy: names.UNCHANGED,
  },
  {
    name: "of two slots that name one object the second takes two off",
    file: DETECTOR,
    find: "      words[marks + (value >> 2)] = mark - 1;",
    replace: `      const isTwice = mark > 2 && words[slot - 1] === value;
      words[marks + (value >> 2)] = mark - (isTwice ? 2 : 1);`,
    killedBy: names.FINDS,
  },
  {
    name: "owned-only slots are left out of the graph",
    file: GRAPH,
    find: "const { slotsStart, slotsEnd } = createObjectLayout(words, types);",
    replace: "const { slotsStart, visitedEnd: slotsEnd } = createObjectLayout(words, types);",
    killedBy: names.COMPONENTS,
  },
  {
    name: "a closed component's nodes still lower others",
    file: COMPONENTS,
    find: "    else if ((of[target] as number) < 0) lower(",
    replace: "    else lower(",
    killedBy: names.COMPONENTS,
  },
  {
    name: "what a child reaches does not lower its parent",
    file: COMPONENTS,
    find: "    if (depth > 0) lower(path[depth - 1] as number, lowest[node] as number);",
    replace: "",
    killedBy: names.COMPONENTS,
  },
  {
    name: "an object that holds itself is no cycle",
    file: REPORT,
    find: "      if (targets[at] === node) return true;",
    replace: "",
    killedBy: names.COMPONENTS,
  },
  {
    name: "a reference to itself is not cut",
    file: ARCS,
    find: "if (from[arc] === to[arc]) cutLoop(arc);",
    replace: "if (from[arc] === to[arc]) drop(arc);",
    killedBy: names.WEAKENS,
  },
  {
    name: "a node with one arc in and many out is passed over",
    file: ARCS,
    find: "    if (outCount[node] !== 1 || inCount[node] !== 1) continue;",
    replace: "    if (inCount[node] !== 1 || outCount[node] === 0) continue;",
    killedBy: names.WEAKENS,
  },
  {
    name: "the search cuts arcs to nodes that it has left too",
    file: ARCS,
    find: "    else if ((depth[end] as number) > 0) close(arc, end);",
    replace: "    else close(arc, end);",
    killedBy: names.WEAKENS,
  },
  {
    name: "small graphs are cut by a search too",
    file: ARCS,
    find: "rest.nodeCount <= EXACT_NODE_LIMIT ?",
    replace: "rest.nodeCount < 0 ?",
    killedBy: names.SHORTEST,
  },
  {
    name: "cycles that share an arc are counted for the bound",
    file: ARCS,
    find: "    if ((taken[top] as number) > first) return;\n",
    replace: "",
    killedBy: names.BOUND,
  },
  {
    name: "bytes are those of the slots alone",
    file: REPORT,
    find: "      group.bytes += sizeWords(object) * 4;",
    replace: "      group.bytes += sizeWords(object) * 4 - 8;",
    killedBy: names.SUMS,
  },
];
