// Memory used up, as JavaScript: so many objects as were served, and one more that was refused.
// What was served is known when all is over, so the lines are written when they are read.
//
//   let ballast = useUp(1048576, [[65536,2,0],[16384,3,1], …]);      length, words, bytes
//   topUp(37, (slot) => m.allocate(pair, slot));
//   dropTopUps();

import { programTypes } from "./program-types.js";
import type { ScriptLine } from "./step.js";

/** Of one length so many words and bytes were served; no count: none was asked for. */
export type BallastRow = [length: number, wordsCount: number, bytesCount?: number];

export interface ExhaustionScript {
  /** The limit falls, and memory is used up; the rows may still grow. */
  useUp(limitBytes: number, rows: readonly BallastRow[]): void;
  topUp(type: number, length: number, servedCount: () => number): void;
  dropTopUps(): void;
  relieve(limitBytes: number): void;
}

export interface BallastTypes {
  readonly words: number;
  readonly bytes: number;
  readonly holder: number;
  readonly holderSlotCount: number;
}

const nameOf = (type: number): string => programTypes[type]?.name ?? "";

function helperCode({ words, bytes, holder, holderSlotCount }: BallastTypes): string {
  const [ofWords, ofBytes] = [words, bytes].map(
    (type) =>
      `m.allocateArray(${nameOf(type)}, ${type === bytes ? "4 * " : ""}length, newest.slot)`,
  );
  return `const hold = () => {
  const own = m.enter(1);
  const handle = handles.hold(own);
  m.leave(own);
  return handle;
};
const tryOut = (call) => {
  try { call(); } catch (error) { if (error.kind !== "out-of-memory") throw error; }
};
const useUp = (limitBytes, rows) => {
  const [chain, newest, holder] = [hold(), hold(), hold()];
  tryOut(() => m.allocateArray(${nameOf(holder)}, ${holderSlotCount}, holder.slot));
  manager.heap.setLimitBytes(limitBytes);
  let field = 1;
  for (const [length, wordsCount, bytesCount] of rows) {
    for (let i = 0; i < wordsCount; i++) {
      ${ofWords};
      m.fill(m.root(newest.slot), 1, chain.slot);
      m.moveRoot(chain.slot, newest.slot);
    }
    tryOut(() => ${ofWords});
    for (let i = 0; i < bytesCount; i++) {
      ${ofBytes};
      m.fill(m.root(holder.slot), field++, newest.slot);
    }
    if (bytesCount >= 0 && field <= ${holderSlotCount}) tryOut(() => ${ofBytes});
  }
  return [chain, newest, holder];
};
const topUps = [];
const topUp = (count, allocate) => {
  for (let i = 0; i < count; i++) {
    topUps.push(hold());
    allocate(topUps.at(-1).slot);
  }
  const handle = hold();
  tryOut(() => allocate(handle.slot));
  handle.dispose();
};
const dropTopUps = () => topUps.splice(0).forEach((handle) => handle.dispose());`;
}

export function createExhaustionScript(
  remark: (line: ScriptLine) => void,
  types: BallastTypes,
): ExhaustionScript {
  let isSaid = false;
  return {
    useUp(limitBytes, rows) {
      const declared = isSaid ? "" : "let ";
      const used = [types.words, types.bytes, types.holder];
      if (!isSaid) remark({ code: helperCode(types), types: used });
      isSaid = true;
      remark({
        types: [],
        get code() {
          return `${declared}ballast = useUp(${limitBytes}, ${JSON.stringify(rows)});`;
        },
      });
    },
    topUp(type, length, servedCount) {
      const isFixed = programTypes[type]?.variablePart === "none";
      const name = nameOf(type);
      const allocate = isFixed
        ? `m.allocate(${name}, slot)`
        : `m.allocateArray(${name}, ${length}, slot)`;
      remark({
        types: [type],
        get code() {
          return `topUp(${servedCount()}, (slot) => ${allocate});`;
        },
      });
    },
    dropTopUps: () => remark("dropTopUps();"),
    relieve(limitBytes) {
      remark("for (const handle of ballast) handle.dispose();");
      remark(`manager.heap.setLimitBytes(${limitBytes});`);
    },
  };
}
