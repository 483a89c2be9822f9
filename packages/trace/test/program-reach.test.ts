import { describe, expect, it } from "vitest";
import {
  decodePrograms,
  isReachProgram,
  type ReachSubject,
  runReachProgram,
} from "../src/index.js";
import { createProgramModel } from "./program-model.js";
import { shippedRecordingsOf } from "./shipped-recordings.js";

const programs = shippedRecordingsOf("programs")
  .flatMap(([, read]) => decodePrograms(read().file))
  .filter(isReachProgram);

/** The plain model, of which only reachability is used. */
function createReachModel(): ReachSubject {
  const model = createProgramModel();
  let deadCount = 0;
  let madeCount = 0;
  model.begin({ died: () => deadCount++, finalize: () => {}, call: () => {} });
  return {
    ...model,
    make(id, kind, slotCount, root) {
      madeCount++;
      model.make(id, kind, slotCount, root, false);
    },
    makeTuple(id, items, root) {
      madeCount++;
      model.makeTuple(id, items, root);
    },
    collectAll: () => model.collect(2),
    liveCount: () => madeCount - deadCount,
  };
}

describe("programs of which only reachability is promised", () => {
  it("are those that never look at death: 137 of 552", () => {
    expect(programs.length).toBe(137);
  });

  it("name reachable objects only, and agree in loads and in what roots reach", () => {
    const reports = programs.map((program) => runReachProgram(createReachModel(), program));
    expect(reports.filter(({ agrees }) => !agrees)).toEqual([]);
  }, 60_000);

  it("notice a subject that forgets a store, keeps garbage or loads something else", () => {
    const isNoticed = (spoil: (subject: ReachSubject) => Partial<ReachSubject>): boolean =>
      programs.slice(0, 40).some((program) => {
        const subject = createReachModel();
        return !runReachProgram({ ...subject, ...spoil(subject) }, program).agrees;
      });
    expect(isNoticed(() => ({}))).toBe(false);
    expect(isNoticed(() => ({ store: () => {} }))).toBe(true);
    expect(isNoticed(() => ({ collectAll: () => {} }))).toBe(true);
    expect(isNoticed(() => ({ slot: () => -1 }))).toBe(true);
  }, 60_000);
});
