// A section's faults as vitest's tests: each is planted, and the property that is named for it must
// fail. Here a share of them, the first of each property among it, and one seed; all of them and
// three seeds with OURO_LONG=1 (`npm run test:long`). `npm run test:faults` draws fresh seeds and
// holds each fault against every property of its section.

import { describe, expect, it } from "vitest";
import { root } from "../workspace.ts";
import { sourcesWith } from "./edit-sources.ts";
import {
  type FaultProperty,
  type FaultSection,
  isNamedFor,
  type PlantedFault,
} from "./planted-fault.ts";
import { openTrial, toUrls } from "./trial.ts";

const isLong = process.env.OURO_LONG === "1";
const SEEDS = isLong ? [1, 20_26, -77_777] : [1];
/** One of so many, of those that are not the first of a property. */
const SHARE = 24;

/** Each property is seen to fail; which faults more there are is the same in every run. */
function shareOf(faults: readonly PlantedFault[], share: number): readonly PlantedFault[] {
  const seen = new Set<string>();
  return faults.filter(({ killedBy }, index) => {
    const isFirst = !seen.has(killedBy);
    seen.add(killedBy);
    return isLong || isFirst || index % share === 0;
  });
}

/**
 * `idle` names properties that need no fault: cases of which there are more than faults. `share`:
 * for a section whose sources take long to load, one of more.
 */
export function testPlantedFaults(
  section: FaultSection,
  properties: readonly FaultProperty[],
  idle: readonly string[] = [],
  share = SHARE,
): void {
  const { faults, propertiesModule } = section;

  describe("a planted fault is killed by the property that is named for it", () => {
    it.each(shareOf(faults, share))("$name", async (fault) => {
      const edits = toUrls(sourcesWith(fault, section, root), root);
      const trial = await openTrial({ edits, propertiesModule });
      expect(trial.problem, "the sources with the fault load").toBeUndefined();
      expect(trial.meetsEdits, "the properties import the faulty source").toBe(true);
      const index = trial.properties.findIndex((property) => isNamedFor(property, fault));
      expect(index, `"${fault.killedBy}" is a property of the section`).toBeGreaterThanOrEqual(0);
      const programCount = trial.properties[index]?.programLimit ?? 0;
      for (const seed of SEEDS) {
        const outcome = await trial.ask(index, { seed, programCount, shrinks: false });
        expect(outcome, `seed ${seed}`).toMatchObject({ isKilled: true });
      }
      await trial.close();
    });
  });

  it("shows that each property can fail", () => {
    const immune = properties.filter(
      (property) => !faults.some((fault) => isNamedFor(property, fault)),
    );
    // Where one property is asked of several subjects, it has to fail on one of them.
    const killers = new Set([...faults.map(({ killedBy }) => killedBy), ...idle]);
    expect(immune.map(({ name }) => name).filter((name) => !killers.has(name))).toEqual([]);
  });
}
