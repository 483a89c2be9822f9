import { describe, expect, it } from "vitest";
import {
  decodePrograms,
  isReachProgram,
  type MutatorProgram,
  type ProgramSubject,
  type ReachSubject,
  runReachProgram,
} from "../src/index.js";
import { createProgramModel, type ProgramFault } from "./program-model.js";
import { shippedRecordingsOf } from "./shipped-recordings.js";

const programs = shippedRecordingsOf("programs")
  .filter(([name]) => name !== "long")
  .flatMap(([, read]) => decodePrograms(read().file));
const plain = programs.filter(isReachProgram);
const rest = programs.filter((program) => !isReachProgram(program));

/** The plain model, of which only reachability and program code are used. */
function createReachModel(
  fault?: ProgramFault,
  spoil: (model: ProgramSubject) => Partial<ProgramSubject> = () => ({}),
): ReachSubject & { programCode: ProgramSubject } {
  const whole = createProgramModel(fault);
  const model = { ...whole, ...spoil(whole) };
  const alive = new Set<number>();
  const programCode: ProgramSubject = {
    ...model,
    begin: (host) => model.begin(host),
    makeWeak(id, ...others) {
      const result = model.makeWeak(id, ...others);
      alive.add(result);
      return result;
    },
  };
  return {
    ...model,
    programCode,
    make(id, ...others) {
      alive.add(id);
      model.make(id, ...others);
    },
    makeTuple(id, ...others) {
      alive.add(id);
      model.makeTuple(id, ...others);
    },
    collectAll: () => model.collect(2),
    liveCount() {
      for (const id of alive) if (model.refcount(id) === 0) alive.delete(id);
      return alive.size;
    },
  };
}

/** Without finalizers and weak references. */
function createTracingModel(): ReachSubject {
  const { programCode, ...model } = createReachModel();
  programCode.begin({ died() {}, finalize() {}, call() {} });
  return model;
}

const differing = (make: () => ReachSubject, some: readonly MutatorProgram[]) =>
  some
    .map((program) => runReachProgram(make(), program))
    .filter(({ agrees }) => !agrees)
    .map(({ programName, differences }) => [programName, differences]);

/** On the first that differs. */
const isNoticed = (make: () => ReachSubject, some: readonly MutatorProgram[]): boolean =>
  some.some((program) => !runReachProgram(make(), program).agrees);

describe("programs of which only reachability is promised", () => {
  it("name reachable objects only, and agree in loads and in what roots reach", () => {
    expect(plain.length).toBe(137);
    expect(differing(createReachModel, plain.slice(0, 60))).toEqual([]);
    expect(differing(createTracingModel, plain.slice(60, 80))).toEqual([]);
  }, 60_000);

  it("notice a subject that forgets a store, keeps garbage or loads something else", () => {
    const some = plain.slice(0, 40);
    const spoiled = (spoil: Partial<ReachSubject>) => () => ({ ...createReachModel(), ...spoil });
    expect(isNoticed(spoiled({ store: () => {} }), some)).toBe(true);
    expect(isNoticed(spoiled({ collectAll: () => {} }), some)).toBe(true);
    expect(isNoticed(spoiled({ slot: () => -1 }), some)).toBe(true);
  }, 60_000);
});

describe("programs with weak references or finalizers", () => {
  const some = rest.filter(({ steps }) => steps.length < 150);

  it("agree with the shadow heap in all that is reachable and all that runs", () => {
    expect(some.length).toBeGreaterThan(100);
    expect(differing(createReachModel, some)).toEqual([]);
  }, 60_000);

  it("run where there is neither: an object with the callback stands for a weak reference", () => {
    expect(differing(createTracingModel, some)).toEqual([]);
    const reports = some.map((program) => runReachProgram(createTracingModel(), program));
    const carriedOut = reports.reduce((sum, { stepCount }) => sum + stepCount, 0);
    const leftOut = reports.reduce((sum, { leftOutStepCount }) => sum + leftOutStepCount, 0);
    expect(carriedOut).toBeGreaterThan(leftOut);
  }, 60_000);

  // The callback that a stand-in is made with was in the root that the stand-in goes to, and died
  // of that under `refcount-only`.
  it("make a stand-in whole before it takes the last root of its callback", () => {
    const program = rest.find(({ name }) => name === "mixed-1046") as MutatorProgram;
    const operations = program.steps.map(({ operation }) => operation);
    const made = operations.find(
      ({ op, ...each }) => op === "wref" && "id" in each && each.id === 45,
    );
    expect(made).toMatchObject({ root: 7, callback: 43 });
    expect(differing(createTracingModel, [program])).toEqual([]);
  });

  it("notice a finalizer that runs twice or for what is reachable, or never", () => {
    expect(isNoticed(() => createReachModel("finalizes twice"), some)).toBe(true);
    const never = ({ make }: ProgramSubject): Partial<ProgramSubject> => ({
      make: (id, kind, slotCount, root) => make(id, kind, slotCount, root, false),
    });
    expect(isNoticed(() => createReachModel(undefined, never), some)).toBe(true);
    const early = ({ begin, make }: ProgramSubject): Partial<ProgramSubject> => {
      let finalize = (_id: number): void => {};
      return {
        begin(host) {
          finalize = host.finalize;
          begin(host);
        },
        make(id, kind, slotCount, root, hasFinalizer) {
          make(id, kind, slotCount, root, hasFinalizer);
          if (hasFinalizer) finalize(id);
        },
      };
    };
    expect(isNoticed(() => createReachModel(undefined, early), some)).toBe(true);
  }, 60_000);

  it("notice a weak reference that is lost, kept, or does not call", () => {
    const lost = { weakTarget: () => -1 };
    const kept = { deref: () => 0 };
    expect(isNoticed(() => createReachModel(undefined, () => lost), some)).toBe(true);
    expect(isNoticed(() => createReachModel(undefined, () => kept), some)).toBe(true);
    const silent = ({ begin }: ProgramSubject): Partial<ProgramSubject> => ({
      begin: (host) => begin({ ...host, call() {} }),
    });
    expect(isNoticed(() => createReachModel(undefined, silent), some)).toBe(true);
  }, 60_000);
});
