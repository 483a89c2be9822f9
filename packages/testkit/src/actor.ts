// Whoever calls back into a manager in the middle of what it does, with objects of its own on two
// handles, so that the program ends as if nobody had. What it does is a call here, and a statement
// in a script.
//
//   chain   │ handle │ pair ─► pair ─► pair         stored into, and dropped
//   spare   │ handle │ what is born, and given up

import {
  EVENT_FINALIZER_RUN,
  EVENT_OBJECT_CLEAR,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  EVENT_OBJECT_UNREACHABLE,
  type EventCode,
  type Handle,
  isOuroError,
  type Reference,
  type Slot,
  type TypeId,
} from "@ouro/interfaces";
import type { Scene } from "./check-program.js";
import { PAIR, programTypes } from "./program-types.js";
import { expectPromise } from "./promise.js";
import type { Turns } from "./turns.js";

export type ActorAct =
  | "collect"
  | "allocate"
  | "drop"
  | "store"
  | "allocate without room"
  | "resurrect"
  | "throw";

/** What of its own the acts use. */
export interface Belongings {
  readonly hasHandles: boolean;
  readonly hasChain: boolean;
}

const CHAIN_ACTS: readonly ActorAct[] = ["store", "drop", "resurrect"];
const CALM_ACTS: readonly ActorAct[] = ["collect", "throw"];

/** All of them, or those that known turns need. */
export function belongingsFor({ listed }: Turns<ActorAct>, isBare: boolean): Belongings {
  if (listed === undefined || !isBare) return { hasHandles: true, hasChain: true };
  return {
    hasHandles: listed.some(({ what }) => !CALM_ACTS.includes(what)),
    hasChain: listed.some(({ what }) => CHAIN_ACTS.includes(what)),
  };
}

/** Does what program code might, with objects of its own. */
export interface Actor {
  /** The next turn, with the number that an event named first; none in the middle of another. */
  act(code: EventCode | 0, first: number): void;
  /** Objects to drop, before the next step. Throws what went wrong before. */
  prepare(): void;
  isCollecting: boolean;
  /** Drops all that is its own. */
  end(): void;
}

const DYING: readonly EventCode[] = [
  EVENT_OBJECT_UNREACHABLE,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  EVENT_OBJECT_CLEAR,
  EVENT_FINALIZER_RUN,
];

const WORDS_LENGTH = 300_000;
const typeNamed = (name: string): number =>
  programTypes.findIndex((descriptor) => descriptor.name === name);
const PAIR_TYPE = typeNamed(PAIR);
const WORDS_TYPE = typeNamed("words");

/** The acts as statements; `object` is the number that an event named first. */
const CODES: Readonly<Record<ActorAct, string>> = {
  collect: 'console.log("examined", m.collect().examinedCount);',
  allocate: "{ m.allocate(pair, spare.slot); m.setRoot(spare.slot, 0); }",
  drop: "m.setRoot(chain.slot, 0);",
  store: "if (m.root(chain.slot)) m.set(m.root(chain.slot), 0, m.get(m.root(chain.slot), 1));",
  "allocate without room": `{
    const { limitBytes } = manager.heap;
    manager.heap.setLimitBytes(manager.heap.statistics().lentBytes);
    try { m.allocateArray(words, ${WORDS_LENGTH}, spare.slot); m.setRoot(spare.slot, 0); }
    catch (error) { if (error.kind !== "out-of-memory") throw error; }
    finally { manager.heap.setLimitBytes(limitBytes); }
  }`,
  resurrect: '{ m.setRoot(spare.slot, object); console.log(object, "is taken for a reference"); }',
  throw: 'throw new Error("thrown by program code");',
};

const PREPARE_CODE = [
  "const prepare = () => {",
  "  for (let count = 0; count < 3; count++) {",
  "    m.allocate(pair, spare.slot);",
  "    m.fill(m.root(spare.slot), 1, chain.slot);",
  "    m.moveRoot(chain.slot, spare.slot);",
  "  }",
  "};",
].join("\n");

const HANDLE_CODE = [
  "const own = m.enter(1);",
  "const [chain, spare] = [handles.hold(own), handles.hold(own)];",
  "m.leave(own);",
].join("\n");

export const actorCode = (what: ActorAct): string => CODES[what];

function typesFor({ listed }: Turns<ActorAct>, { hasHandles }: Belongings): number[] {
  if (!hasHandles) return [];
  const needsWords = listed?.some(({ what }) => what === "allocate without room") ?? true;
  return needsWords ? [PAIR_TYPE, WORDS_TYPE] : [PAIR_TYPE];
}

export function createActor(scene: Scene, turns: Turns<ActorAct>, own: Belongings): Actor {
  const { subject, player } = scene;
  const { mutator, handles, heap, plain } = subject;
  const types = typesFor(turns, own);
  const [pair, words] = [PAIR_TYPE, WORDS_TYPE].map((type) =>
    types.includes(type) ? player.typeId(type) : (0 as TypeId),
  ) as [TypeId, TypeId];
  const [chain, spare] = own.hasHandles ? holdTwo() : [];
  let isActing = false;
  let problem: unknown;
  if (own.hasHandles) scene.remark({ code: HANDLE_CODE, types });
  if (own.hasChain) scene.remark(PREPARE_CODE);

  function holdTwo(): [Handle, Handle] {
    const frame = mutator.enter(1);
    const held: [Handle, Handle] = [handles.hold(frame), handles.hold(frame)];
    mutator.leave(frame);
    return held;
  }

  const slotOf = (handle: Handle | undefined): Slot => (handle as Handle).slot;
  const held = (): Reference => mutator.root(slotOf(chain)) as Reference;

  function collect(isInside: boolean): void {
    const { examinedCount } = mutator.collect();
    const isRight = !isInside || examinedCount === 0;
    expectPromise(isRight, `inside of a collection another one examines ${examinedCount} objects`);
  }

  /** The next request finds no memory but what is lent. */
  function allocateWithoutRoom(): void {
    const { limitBytes } = heap;
    heap.setLimitBytes(heap.statistics().lentBytes);
    try {
      mutator.allocateArray(words, WORDS_LENGTH, slotOf(spare));
      mutator.setRoot(slotOf(spare), 0);
    } catch (error) {
      if (!isOuroError(error, "out-of-memory")) throw error;
    } finally {
      heap.setLimitBytes(limitBytes);
    }
  }

  /** An observer is told words, and no references: checked mode takes none of them for one. */
  function resurrect(code: EventCode | 0, first: number): void {
    const isChecked = plain !== undefined && held() > 0 && plain(held()) !== held();
    if (!isChecked || code === 0 || !DYING.includes(code)) return;
    let kind = "an answer";
    try {
      mutator.setRoot(slotOf(spare), first as Reference);
    } catch (error) {
      if (!isOuroError(error)) throw error;
      kind = error.kind;
    }
    expectPromise(kind !== "an answer", "the number of a dying object is taken for a reference");
  }

  function play(what: ActorAct, code: EventCode | 0, first: number, isInside: boolean): void {
    switch (what) {
      case "collect":
        collect(isInside);
        break;
      case "allocate":
        mutator.allocate(pair, slotOf(spare));
        mutator.setRoot(slotOf(spare), 0);
        break;
      case "allocate without room":
        allocateWithoutRoom();
        break;
      case "store":
        if (held() > 0) mutator.set(held(), 0, mutator.get(held(), 1));
        break;
      case "drop":
        mutator.setRoot(slotOf(chain), 0);
        break;
      case "resurrect":
        resurrect(code, first);
    }
  }

  const actor: Actor = {
    isCollecting: false,
    act(code, first) {
      const what = turns.come(!isActing);
      if (what === undefined) return;
      isActing = true;
      try {
        play(what, code, first, actor.isCollecting);
        if (what === "throw") throw new Error("thrown by program code");
      } catch (error) {
        if (what === "throw") throw error;
        problem ??= error;
      } finally {
        isActing = false;
      }
    },
    prepare() {
      if (problem !== undefined) throw problem;
      if (!own.hasChain || held() !== 0) return;
      isActing = true;
      scene.remark("prepare();");
      for (let count = 0; count < 3; count++) {
        mutator.allocate(pair, slotOf(spare));
        mutator.fill(mutator.root(slotOf(spare)) as Reference, 1, slotOf(chain));
        mutator.moveRoot(slotOf(chain), slotOf(spare));
      }
      isActing = false;
    },
    end() {
      if (problem !== undefined) throw problem;
      isActing = true;
      if (!own.hasHandles) return;
      scene.remark("chain.dispose();");
      scene.remark("spare.dispose();");
      chain?.dispose();
      spare?.dispose();
    },
  };
  return actor;
}
