// Allocation sites: names of places in a program, by number, and which of them is at work now. The
// counting and the checked layer ask for the current number at each request and free; the caller
// says what a place is. Two ways:
//
//   enter(numberOf("parser: tokens"))      the site until the next `enter`: costs one store
//   describe: () => …                      asked at each request, say for a line of Error().stack
//
// A number is a word, so that a block's header can hold it; names are kept once.

import { checkInteger, checkOptions } from "@ouro/interfaces";

/** Where something was allocated or freed; 0 when nobody said. */
export type SiteNumber = number;

/** How places are told apart. */
export interface AllocationSitesOptions {
  /** Names the place that asks now. Without it, `enter` says so. */
  describe?: () => string;
}

/** Places of a program by number, and the one that is at work. */
export interface AllocationSites {
  /** The number of a name, a new one for a name not seen before. */
  numberOf(name: string): SiteNumber;
  /** The name of a number. Throws `UsageError` for a number that was never given. */
  nameOf(site: SiteNumber): string;
  /** The site of what is allocated and freed now. */
  current(): SiteNumber;
  /** Makes a site the current one; the one before, to come back to. */
  enter(site: SiteNumber): SiteNumber;
}

const UNKNOWN = "unknown site";

/** Makes an empty table of sites. */
export function createAllocationSites(options: AllocationSitesOptions = {}): AllocationSites {
  checkOptions("createAllocationSites", options, "|describe");
  const { describe } = options;
  const names = [UNKNOWN];
  const numbers = new Map([[UNKNOWN, 0]]);
  let entered = 0;

  function numberOf(name: string): SiteNumber {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, names.length);
    return names.push(name) - 1;
  }

  function expectSite(call: string, site: SiteNumber): void {
    checkInteger(`sites.${call}`, "site", site, 0, names.length - 1);
  }

  return {
    numberOf,
    nameOf(site) {
      expectSite("nameOf", site);
      return names[site] ?? UNKNOWN;
    },
    current: describe === undefined ? () => entered : () => numberOf(describe()),
    enter(site) {
      expectSite("enter", site);
      const before = entered;
      entered = site;
      return before;
    },
  };
}
