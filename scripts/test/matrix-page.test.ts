import { describe, expect, it } from "vitest";
import { type FaultRow, printPage, type SectionPart, unheldFaults } from "../faults/matrix-page.ts";
import type { FaultSection, PlantedFault } from "../faults/planted-fault.ts";

const KEEPS = "keeps what is reachable";
const FREES = "frees the rest | all of it";

function fault(name: string, killedBy: string, replace = "0"): PlantedFault {
  return { name, file: "collector.ts", find: "1", replace, killedBy };
}

function section(...faults: PlantedFault[]): FaultSection {
  return { name: "toy", about: [], folder: "packages/toy/src", faults, propertiesModule: "" };
}

function seen(faultSeen: PlantedFault, seeds: readonly number[], programCounts: number[]) {
  const named = { property: faultSeen.killedBy, on: undefined, isNamed: true, programCounts };
  const other = { property: FREES, on: undefined, isNamed: false, programCounts: [] };
  const kills = faultSeen.killedBy === FREES ? [named] : [named, other];
  return { fault: faultSeen, kills, seeds } satisfies FaultRow;
}

function part(of: FaultSection, ...rows: FaultRow[]): SectionPart {
  return { section: of, properties: [KEEPS, FREES], rows };
}

const forgets = fault("a root is forgotten", KEEPS);
const stops = fault("it stops | too soon", FREES);
const both = section(forgets, stops);
const rows = [seen(forgets, [7, 8, 9], [1, 2, 3]), seen(stops, [7, 8, 9], [4, 5, 6])];
const page = printPage([both], [part(both, ...rows)], "");

describe("the page of planted faults", () => {
  it("says of each fault which property killed it, in how many programs, at which seeds", () => {
    expect(page).toContain("2 faults in `packages/toy/src`; seeds 7, 8, 9.");
    expect(page).toContain("| a root is forgotten |  | collector.ts | **1** in 1, 2, 3 | 2 |");
    expect(page).toContain("| it stops \\| too soon |  | collector.ts | **2** in 4, 5, 6 |  |");
    expect(unheldFaults(both, page)).toEqual([]);
  });

  it("is the same when it is read and written again", () => {
    expect(printPage([both], [], page)).toBe(page);
  });

  it("keeps what was seen of a fault when another comes before it", () => {
    const fresh = fault("it frees twice", FREES);
    const more = section(fresh, forgets, stops);
    const next = printPage([more], [], page);
    expect(unheldFaults(more, next)).toEqual([fresh]);
    expect(next).toContain("2 at seeds 7, 8, 9; 1 not held against fresh seeds since");
    expect(next).toContain("| it frees twice |  | collector.ts | **2** |  |");
    const held = printPage([more], [part(more, seen(fresh, [1, 2, 3], [9, 9, 9]))], next);
    expect(unheldFaults(more, held)).toEqual([]);
    expect(held).toContain("1 at seeds 1, 2, 3; 2 at seeds 7, 8, 9.");
    expect(held).toContain("| a root is forgotten |  | collector.ts | **1** in 1, 2, 3 | 2 |");
    expect(printPage([more], [], held)).toBe(held);
  });

  it("forgets what was seen of a fault that is another one now", () => {
    const changed = fault(forgets.name, KEEPS, "2");
    const other = section(changed, stops);
    expect(unheldFaults(other, printPage([other], [], page))).toEqual([changed]);
  });
});
