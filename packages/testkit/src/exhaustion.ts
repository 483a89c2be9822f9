// Exhaustion: a subject's memory used up for real, with objects that the subject itself holds, so
// that the next request meets the end wherever the strategy keeps it.
//
//   limit = what is lent now, twice that where copies need room
//   ballast   │ words of 256 KiB, 64 KiB … 32 bytes, each until refused │  a chain on one handle
//             │ bytes, as many: where no collector watches may be apart │  slots of one object
//   top-up    │ objects of the size that comes next, until refused │       a handle each
//
// Dropping the top-up makes room for exactly what was refused. Everything hangs on handles, so that
// the program's frame stays the current one.

import { type Handle, isOuroError, type Slot } from "@ouro/interfaces";
import type { BallastRow, BallastTypes, ExhaustionScript } from "./exhaustion-script.js";
import type { Player } from "./player.js";
import { programTypes, SEQUENCE } from "./program-types.js";
import { BrokenPromiseError, expectPromise } from "./promise.js";
import type { Step } from "./step.js";
import type { Subject } from "./subject.js";

type Allocation = Step & { readonly call: "allocate" };

const numberOf = (wanted: string): number => programTypes.findIndex(({ name }) => name === wanted);

const BALLAST_TYPE = numberOf("words");
const BYTES_TYPE = numberOf("bytes");
const HOLDER_TYPE = numberOf(SEQUENCE);
/** Blocks of bytes that are held; an arena of 512-byte blocks has 1,984. */
const HOLDER_SLOT_COUNT = 2500;
/** The field of `words` that links the ballast to a chain. */
const LINK_FIELD = 1;
/** With the five words before them: large blocks, then blocks of 512 bytes and smaller. */
const LENGTHS = [65_536, 16_384, 4096, 1024, 256, 123, 59, 27, 11, 3];
/** As the script of it says them. */
export const BALLAST: BallastTypes = {
  words: BALLAST_TYPE,
  bytes: BYTES_TYPE,
  holder: HOLDER_TYPE,
  holderSlotCount: HOLDER_SLOT_COUNT,
};
/** Below the handles that a manager has by default. */
const TOP_UP_LIMIT_COUNT = 3000;

export interface Exhaustion {
  /** So many objects are held that the program knows nothing of. */
  readonly heldCount: number;
  /** Takes what is left for a request like this. */
  topUp(step: Allocation): void;
  /** Drops the top-up; answers how many objects it was. */
  dropTopUp(): number;
  /** Drops all and restores the limit. */
  relieve(): void;
}

/** Uses memory up, and says so in the script; `onBirth` is told where each object of its own is. */
export function createExhaustion(
  subject: Subject,
  player: Player,
  script: ExhaustionScript,
  onBirth: (address: number) => void,
): Exhaustion {
  const { heap, mutator, handles, collector } = subject;
  const { limitBytes } = heap;
  const topUps: Handle[] = [];

  function emptyHandle(): Handle {
    const frame = mutator.enter(1);
    const handle = handles.hold(frame);
    mutator.leave(frame);
    return handle;
  }

  function isServed(type: number, length: number, into: Slot): boolean {
    const isKept = isRefused(() => allocateInto(into, type, length, subject, player));
    if (!isKept) onBirth(heap.words[subject.plainSlot?.(into) ?? into] as number);
    return !isKept;
  }

  const chain = emptyHandle();
  const newest = emptyHandle();
  const holder = emptyHandle();
  let chainCount = 0;
  let bytesCount = 0;

  function fillUp(): void {
    let heldBytes = 0;
    for (const length of LENGTHS) {
      const row: BallastRow = [length, 0];
      rows.push(row);
      while (isServed(BALLAST_TYPE, length, newest.slot)) {
        heldBytes += length * 4;
        const isHeld = heldBytes <= heap.limitBytes;
        const problem = `under a limit of ${heap.limitBytes} bytes, held objects are reclaimed`;
        expectPromise(isHeld, problem);
        mutator.fill(mutator.root(newest.slot) as never, LINK_FIELD, chain.slot);
        mutator.moveRoot(chain.slot, newest.slot);
        chainCount++;
        row[1]++;
      }
      if (bytesCount < slotCount) row[2] = 0;
      while (bytesCount < slotCount && isServed(BYTES_TYPE, length * 4, newest.slot)) {
        mutator.fill(mutator.root(holder.slot) as never, 1 + bytesCount, newest.slot);
        bytesCount++;
        row[2] = (row[2] ?? 0) + 1;
      }
    }
  }

  const hasHolder = isServed(HOLDER_TYPE, HOLDER_SLOT_COUNT, holder.slot);
  const slotCount = hasHolder ? HOLDER_SLOT_COUNT : 0;
  const { lentBytes } = heap.statistics();
  const fullBytes = Math.min(limitBytes, collector.traits.moves ? 2 * lentBytes : lentBytes);
  const rows: BallastRow[] = [];
  heap.setLimitBytes(fullBytes);
  script.useUp(fullBytes, rows);
  fillUp();

  function topUp(step: Allocation): void {
    let servedCount = 0;
    script.topUp(step.type, step.length, () => servedCount);
    for (;;) {
      const handle = emptyHandle();
      if (!isServed(step.type, step.length, handle.slot)) {
        handle.dispose();
        return;
      }
      topUps.push(handle);
      servedCount++;
      const isSoon = topUps.length < TOP_UP_LIMIT_COUNT;
      expectPromise(isSoon, `with memory used up, ${topUps.length} objects more are served`);
    }
  }

  function dropTopUp(): number {
    if (topUps.length > 0) script.dropTopUps();
    const dropped = topUps.splice(0);
    for (const handle of dropped) handle.dispose();
    return dropped.length;
  }

  return {
    get heldCount() {
      return chainCount + bytesCount + (hasHolder ? 1 : 0) + topUps.length;
    },
    topUp,
    dropTopUp,
    relieve() {
      dropTopUp();
      chain.dispose();
      newest.dispose();
      holder.dispose();
      heap.setLimitBytes(limitBytes);
      script.relieve(limitBytes);
    },
  };
}

function allocateInto(
  into: Slot,
  type: number,
  length: number,
  { mutator }: Subject,
  player: Player,
): void {
  const id = player.typeId(type);
  if (programTypes[type]?.variablePart === "none") mutator.allocate(id, into);
  else mutator.allocateArray(id, length, into);
}

/** Whether a call ends with the typed error; any other error is thrown on. */
function isRefused(call: () => void): boolean {
  try {
    call();
    return false;
  } catch (error) {
    if (!isOuroError(error, "out-of-memory")) throw error;
    return true;
  }
}

/** The step is refused with the typed error; anything else breaks a promise. */
export function expectRefusal(player: Player, step: Allocation): void {
  const isKept = isRefused(() => player.play(step));
  expectPromise(isKept, "a request is served where the same one was refused just before");
}

/** With room made for it the step is served. */
export function expectServed(player: Player, step: Allocation): void {
  try {
    player.play(step);
  } catch (cause) {
    if (!isOuroError(cause, "out-of-memory")) throw cause;
    const problem = "a request is refused though an object of its size was just dropped";
    throw new BrokenPromiseError(problem, { cause });
  }
}
