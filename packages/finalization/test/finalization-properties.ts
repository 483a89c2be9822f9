// One arbitrary program on the rig and on the model, and what is compared after each command.

import { OBJECT_HEADER_SIZE_WORDS, type Reference, type Slot } from "@ouro/interfaces";
import fc from "fast-check";
import {
  type Action,
  createFinalizationModel,
  type ModelNode,
  type ModelWeak,
} from "./finalization-model.js";
import { makeFinalizationRig, type Parts } from "./finalization-rig.js";
import * as names from "./property-names.js";

/**
 * Roots 0 to 3 hold objects, those above weak references, one each, for good. The last one holds a
 * callback until its weak reference does.
 */
const OBJECT_ROOTS = 4;
const WEAK_ROOTS = 4;
const CALLBACK_ROOT = OBJECT_ROOTS + WEAK_ROOTS;
/** Where a weak reference has its callback. */
const CALLBACK = OBJECT_HEADER_SIZE_WORDS;

const root = fc.nat({ max: OBJECT_ROOTS - 1 });
const action: fc.Arbitrary<Action> = fc.record({
  do: fc.constantFrom("nothing", "nothing", "throw", "drop", "keep"),
  root,
});
const command = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("make" as const), root, action }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("store" as const),
      from: root,
      field: fc.nat({ max: 1 }),
      to: root,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("copy" as const), from: root, to: root }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("drop" as const), root }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant("refer" as const),
      to: fc.nat({ max: 1 }),
      // A function of the host, an object of its own, what a root holds.
      callback: fc.constantFrom("none", "host", "fresh object", "object of a root"),
      root,
      action,
    }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer Type> ? Type : never;
type Refer = Command & { do: "refer" };

function createScene(parts: Parts) {
  const rig = makeFinalizationRig(parts);
  const model = createFinalizationModel(CALLBACK_ROOT + 1);
  const log: string[] = [];
  const nodes = new Map<number, ModelNode>();
  const weaks = new Map<number, ModelWeak>();
  let nameCount = 0;

  function act(given: Action, self: number): void {
    if (given.do === "throw") throw new Error("program code's own problem");
    if (given.do === "drop") rig.setRoot(given.root, 0);
    if (given.do === "keep" && self !== 0) rig.setRoot(given.root, self);
  }

  rig.finalization.setFinalizer(rig.node, (slot: Slot) => {
    const object = rig.words[slot] as number;
    const node = nodes.get(object) as ModelNode;
    log.push(`finalize ${node.name}`);
    act(node.action, object);
  });

  rig.finalization.setCallable(rig.node, (callable: Slot, weak: Slot) => {
    const callee = nodes.get(rig.words[callable] as number) as ModelNode;
    call(weaks.get(rig.words[weak] as number) as ModelWeak, callee, rig.words[callable] as number);
  });

  function call({ name, action: given }: ModelWeak, callee?: ModelNode, self = 0): void {
    const left = [...weaks].filter(([each]) => rig.words[each + CALLBACK] !== 0);
    const names = left.map(([, { name: each }]) => each);
    log.push(`call ${callee?.name ?? "host"} for ${name}, callbacks left in ${names}`);
    act(given, self);
  }

  /** Puts an object that is to be called in the last root. */
  function makeCallee({ callback, root: from, action: given }: Refer): ModelNode | undefined {
    if (callback === "fresh object") {
      const name = ++nameCount;
      const object = rig.make(rig.node, CALLBACK_ROOT);
      nodes.set(object, model.make(name, CALLBACK_ROOT, given));
    } else if (callback === "object of a root") {
      rig.setRoot(CALLBACK_ROOT, rig.rootOf(from));
      model.setRoot(CALLBACK_ROOT, model.roots[from]);
    }
    return model.roots[CALLBACK_ROOT];
  }

  function refer(to: number, command: Refer): void {
    const free = WEAK_ROOTS + OBJECT_ROOTS - 1;
    const at = Array.from({ length: WEAK_ROOTS }, (_, each) => OBJECT_ROOTS + each).find(
      (each) => rig.rootOf(each) === 0,
    );
    if (at === undefined || at > free) return;
    const isHost = command.callback === "host";
    const callee = makeCallee(command);
    const hasNone = !isHost && callee === undefined;
    if (hasNone && rig.finalization.sharedWeakReference(to as Reference) !== 0) return;
    const weak = rig.make(rig.weakType, at);
    const callback = callee ?? (isHost ? "host" : undefined);
    const twin = model.refer(++nameCount, nodes.get(to) as ModelNode, callback, command.action);
    rig.set(weak, 0, rig.rootOf(CALLBACK_ROOT));
    const hostCallback = isHost ? () => call(twin) : undefined;
    rig.finalization.attach(weak as Reference, to as Reference, hostCallback);
    weaks.set(weak, twin);
    rig.setRoot(CALLBACK_ROOT, 0);
    model.setRoot(CALLBACK_ROOT, undefined);
  }

  function play(command: Command): void {
    if (command.do === "drop") {
      rig.setRoot(command.root, 0);
      model.setRoot(command.root, undefined);
    } else if (command.do === "make") {
      const name = ++nameCount;
      // The old object of the root goes first: what that runs may write the root.
      rig.setRoot(command.root, 0);
      model.setRoot(command.root, undefined);
      rig.setRoot(command.root, 0);
      model.setRoot(command.root, undefined);
      if (rig.rootOf(command.root) !== 0) return;
      const object = rig.make(rig.node, command.root);
      nodes.set(object, model.make(name, command.root, command.action));
    } else if (command.do === "copy") {
      const value = rig.rootOf(command.from);
      const twin = model.roots[command.from];
      rig.setRoot(command.to, value);
      model.setRoot(command.to, twin);
    } else if (command.do === "refer") {
      const to = rig.rootOf(command.to);
      if (to !== 0) refer(to, command);
    } else {
      const [from, to] = [rig.rootOf(command.from), rig.rootOf(command.to)];
      if (from === 0) return;
      const [twin, target] = [model.roots[command.from], model.roots[command.to]];
      rig.set(from, command.field, to);
      model.store(twin as ModelNode, command.field, target);
    }
    for (const object of rig.ends) {
      const node = nodes.get(object);
      if (node !== undefined) deadNames.push(node.name);
    }
    rig.ends.length = 0;
  }

  const deadNames: number[] = [];
  return { rig, model, log, nodes, weaks, play };
}

type Scene = ReturnType<typeof createScene>;

function expectSame(found: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, and should be ${other}`);
}

const looks: Record<string, (scene: Scene) => void> = {
  [names.ORDER]({ log, model }) {
    expectSame(
      log,
      model.log.filter((line) => !line.startsWith("end")),
      "calls",
    );
  },
  [names.WEAKNESS]({ rig, weaks }) {
    for (const [weak, { name, referent }] of weaks) {
      const target = rig.finalization.targetOf(weak as Reference);
      if ((target === 0) !== (referent === undefined)) {
        throw new Error(`weak reference ${name} refers to ${target}`);
      }
    }
  },
  [names.LIFE]({ rig, nodes }) {
    for (const [object, { name, isDead }] of nodes) {
      if (rig.live.has(object) === isDead) throw new Error(`object ${name} is dead: ${!isDead}`);
    }
  },
  [names.ERRORS]({ rig, model }) {
    expectSame(rig.finalization.programErrorCount, model.errorCount(), "errors");
  },
  [names.SOUND]({ rig }) {
    rig.validate();
  },
};

export function finalizationProperty(name: string, parts: Parts) {
  const look = looks[name] as (typeof looks)[string];
  return fc.property(fc.array(command, { maxLength: 40, size: "max" }), (commands) => {
    const scene = createScene(parts);
    for (const each of commands) {
      scene.play(each);
      look(scene);
    }
  });
}
