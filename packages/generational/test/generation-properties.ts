// One arbitrary program on the rig and on the model, and what is compared after each command.

import fc from "fast-check";
import { createGenerationsModel, type ModelObject } from "./generations-model.js";
import { type Kind, makeGenerationsRig, type Parts } from "./generations-rig.js";
import * as names from "./property-names.js";

const pick = fc.nat({ max: 99 });
const generation = fc.nat({ max: 2 });
const small = fc.nat({ max: 4 });
const field = fc.nat({ max: 1 });
const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("make" as const),
      kind: fc.constantFrom<Kind>("node", "node", "tuple", "dict"),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("store" as const), from: pick, field, to: pick }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("clear" as const), from: pick, field }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("drop" as const), from: pick }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("poll" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("collect" as const), generation }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("thresholds" as const),
      given: fc.tuple(small, small, small),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("enable" as const), is: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("freeze" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("unfreeze" as const) }) },
);
type Command = typeof command extends fc.Arbitrary<infer Type> ? Type : never;

function createScene(parts: Parts) {
  // So low that collections of every generation come soon.
  const rig = makeGenerationsRig(parts, { thresholds: { young: 3, middle: 1, old: 0 } });
  const model = createGenerationsModel([3, 1, 0]);
  /** Rooted objects, in the order of birth; the model's beside the rig's. */
  const rooted: { object: number; twin: ModelObject }[] = [];
  const objectOf = new Map<ModelObject, number>();

  function play(command: Command): void {
    const at = (from: number) => rooted[from % rooted.length];
    switch (command.do) {
      case "make":
        for (let count = 0; count < command.count; count++) {
          const entry = { object: rig.make(command.kind), twin: model.make(command.kind) };
          objectOf.set(entry.twin, entry.object);
          rooted.push(entry);
        }
        return;
      case "poll":
        rig.collector.poll();
        model.poll();
        return;
      case "collect": {
        const expected = model.collect(command.generation);
        const found = rig.generations.collect(command.generation);
        if (found !== expected) answerProblem ??= `collect answers ${found}, not ${expected}`;
        return;
      }
      case "thresholds": {
        const [young, middle, old] = command.given;
        rig.generations.setThresholds({ young, middle, old });
        model.setThresholds(young, middle, old);
        return;
      }
      case "enable":
        rig.generations.setEnabled(command.is);
        model.setEnabled(command.is);
        return;
      case "freeze":
      case "unfreeze":
        rig.generations[command.do]();
        model[command.do]();
        return;
    }
    const entry = at(command.from);
    if (entry === undefined) return;
    if (command.do === "drop") {
      rooted.splice(rooted.indexOf(entry), 1);
      rig.release(entry.object);
      model.drop(entry.twin);
      return;
    }
    const target = command.do === "clear" ? undefined : at(command.to);
    rig.store(entry.object, command.field, target?.object ?? 0);
    model.store(entry.twin, command.field, target?.twin);
  }

  let answerProblem: string | undefined;
  return { rig, model, play, objectOf, answerProblem: () => answerProblem };
}

function expectSame(found: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, and should be ${other}`);
}

const looks: Record<string, (scene: ReturnType<typeof createScene>) => void> = {
  [names.LISTS]({ rig, model, objectOf }) {
    for (const [each, list] of model.lists.entries()) {
      expectSame(
        rig.listOf(each),
        list.map((twin) => objectOf.get(twin)),
        `list ${each}`,
      );
    }
  },
  [names.COUNTS]({ rig, model }) {
    expectSame(rig.generations.counts(), model.counts, "counts");
  },
  [names.STATISTICS]({ rig, model, answerProblem }) {
    expectSame(rig.generations.statistics(), model.statistics, "statistics");
    const problem = answerProblem();
    if (problem !== undefined) throw new Error(problem);
  },
  [names.LONG_LIVED]({ rig, model }) {
    expectSame(rig.generations.longLived(), model.longLived(), "long-lived");
  },
  [names.SOUND]({ rig }) {
    rig.validate();
  },
};

export function generationProperty(name: string, parts: Parts) {
  const look = looks[name] as (typeof looks)[string];
  return fc.property(fc.array(command, { maxLength: 60, size: "max" }), (commands) => {
    const scene = createScene(parts);
    for (const each of commands) {
      scene.play(each);
      look(scene);
    }
  });
}
