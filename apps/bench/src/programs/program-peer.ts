// Who runs the programs: every preset through the mutator, fast and checked, the same strategies by
// hand, V8, CPython.

import type { PresetName } from "@ouro/memory-manager";
import { CHECKED_PROGRAMS, type ProgramName } from "./program.js";

export interface ProgramPeer {
  readonly name: string;
  readonly title: string;
  readonly programs: readonly ProgramName[];
  /** The peer that does the same by hand, alone, or unchecked: the ratio to it is a price. */
  readonly hand?: string;
}

/** A preset in a small heap and in a large one, fast and checked. */
function checkedPeers(preset: PresetName): ProgramPeer[] {
  const peer = (name: string, title: string, hand?: string): ProgramPeer => ({
    name: `${name}:${preset}`,
    title,
    programs: CHECKED_PROGRAMS,
    ...(hand === undefined ? {} : { hand: `${hand}:${preset}` }),
  });
  return [
    peer("small", `${preset}, fast, in 16 MiB`),
    peer("checked-small", `**${preset}, checked, in 16 MiB**`, "small"),
    peer("fast", `${preset}, fast, in 1 GiB`),
    peer("checked", `**${preset}, checked, in 1 GiB**`, "fast"),
  ];
}

export const PROGRAM_PEERS: readonly ProgramPeer[] = [
  ...checkedPeers("refcount-only"),
  ...checkedPeers("mark-sweep"),
  ...checkedPeers("semispace"),
  {
    name: "manager:refcount-only",
    title: "**refcount-only**",
    programs: ["trees", "list", "objects"],
    hand: "hand:refcount-only",
  },
  {
    name: "hand:refcount-only",
    title: "refcount-only, by hand",
    programs: ["trees", "list"],
  },
  {
    name: "manager:mark-sweep",
    title: "**mark-sweep**",
    programs: ["trees", "list", "garbage", "objects"],
    hand: "hand:mark-sweep",
  },
  { name: "hand:mark-sweep", title: "mark-sweep, by hand", programs: ["trees", "list"] },
  {
    name: "manager:semispace",
    title: "**semispace**",
    programs: ["trees", "list", "garbage", "objects"],
    hand: "hand:semispace",
  },
  { name: "hand:semispace", title: "semispace, by hand", programs: ["trees", "list"] },
  { name: "isolation:alone", title: "no other manager", programs: ["isolation"] },
  {
    name: "isolation:shared",
    title: "in the same isolate as the two",
    programs: ["isolation"],
    hand: "isolation:alone",
  },
  {
    name: "isolation:copy",
    title: "in a copy of the code, same isolate",
    programs: ["isolation"],
    hand: "isolation:alone",
  },
  {
    name: "isolation:worker",
    title: "in a worker of its own",
    programs: ["isolation"],
    hand: "isolation:alone",
  },
  { name: "v8", title: "V8 objects", programs: ["trees", "objects"] },
  { name: "cpython", title: "CPython", programs: ["trees", "list", "garbage", "objects"] },
];
