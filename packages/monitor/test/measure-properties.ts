// The named properties of what keeps numbers in bounded memory, and of what writes samples of
// allocations for other tools.

import fc from "fast-check";
import { Profile } from "pprof-format";
import type { AllocationMeasure, AllocationSample } from "../src/index.js";
import { expectSame, expectThat, type Parts } from "./graph-properties.js";

export const QUANTILE =
  "answers a quantile that is never too small and at most a sixteenth too large";
export const SERIES =
  "keeps the least and greatest value of a run of any length in the entries asked for";
export const SAMPLES =
  "writes samples as folded stacks, for speedscope and for pprof, and loses none";

const values = fc.array(
  fc.oneof(
    fc.nat(100),
    fc.maxSafeNat(),
    fc.nat(52).map((power) => 2 ** power),
  ),
  { minLength: 1, maxLength: 60 },
);

function quantile({ createHistogram }: Parts): fc.IProperty<unknown> {
  return fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (numbers, share) => {
    const histogram = createHistogram();
    for (const value of numbers) histogram.add(value);
    const sorted = numbers.toSorted((one, other) => one - other);
    const exact = sorted[Math.max(1, Math.ceil(share * numbers.length)) - 1] as number;
    const got = histogram.quantile(share);
    expectThat(got >= exact, `the quantile ${got} is below ${exact}`);
    expectThat(got <= exact * (1 + 1 / 16), `the quantile ${got} is far above ${exact}`);
    expectSame([histogram.least, histogram.greatest], [sorted[0], sorted.at(-1)], "the bounds");
    expectSame(histogram.count, numbers.length, "the count");
    const total = numbers.reduce((one, other) => one + other, 0);
    expectSame(histogram.sum, total, "the sum");
    const steps = histogram.steps();
    for (const [index, { upTo }] of steps.entries()) {
      const upToCount = steps.slice(0, index + 1).reduce((all, { count }) => all + count, 0);
      const wanted = numbers.filter((value) => value <= upTo).length;
      expectSame(upToCount, wanted, `the count up to ${upTo}`);
    }
  }) as fc.IProperty<unknown>;
}

function series({ createTimeSeries }: Parts): fc.IProperty<unknown> {
  const runs = fc.array(fc.integer(), { minLength: 1, maxLength: 300 });
  return fc.property(runs, fc.integer({ min: 2, max: 9 }), (numbers, limitCount) => {
    const made = createTimeSeries(limitCount);
    for (const [time, value] of numbers.entries()) made.note(time, value);
    const entries = made.entries();
    expectThat(made.entryCount <= limitCount, `${made.entryCount} entries`);
    expectThat(numbers.length < limitCount || 2 * entries.length >= limitCount, "too few entries");
    for (const [index, { start, end, least, greatest, last }] of entries.entries()) {
      const before = entries[index - 1]?.end ?? -1;
      expectSame(start, before + 1, "the start of an entry");
      const own = numbers.slice(start, end + 1);
      const wanted = [Math.min(...own), Math.max(...own), own.at(-1)];
      expectSame([least, greatest, last], wanted, `the values from ${start} to ${end}`);
    }
    expectSame(entries.at(-1)?.end, numbers.length - 1, "the end of the last entry");
  }) as fc.IProperty<unknown>;
}

const sites = fc.record(
  {
    name: fc.constantFrom("main", "load;all", "step", "parse"),
    place: fc.record({
      file: fc.constantFrom("a.py", "b.py"),
      line: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { requiredKeys: ["name"] },
);

const profiles: fc.Arbitrary<AllocationSample[]> = fc.uniqueArray(
  fc.record({
    sites: fc.array(sites, { maxLength: 3 }),
    typeName: fc.constantFrom("node", "list", "main"),
    allocatedCount: fc.integer({ min: 0, max: 9 }),
    allocatedBytes: fc.nat(2 ** 40),
    liveCount: fc.nat(9),
    liveBytes: fc.oneof(fc.constant(0), fc.nat(2 ** 40)),
  }),
  { maxLength: 8, selector: ({ sites: stack, typeName }) => JSON.stringify([stack, typeName]) },
);

const MEASURES = ["allocatedCount", "allocatedBytes", "liveCount", "liveBytes"] as const;

/** Innermost last, each with its place. */
function stackOf({ sites: stack, typeName }: AllocationSample): string[] {
  const placed = stack.map(({ name, place }) =>
    place === undefined ? `${name}@` : `${name}@${place.file}:${place.line}`,
  );
  return [...placed, `${typeName}@`];
}

function checkSpeedscope(parts: Parts, samples: AllocationSample[], measure: AllocationMeasure) {
  const { shared, profiles: written } = parts.speedscopeOf([{ name: "run", samples }], measure);
  const names = shared.frames.map(({ name, file, line }) =>
    file === undefined ? `${name}@` : `${name}@${file}:${line}`,
  );
  expectSame(new Set(names).size, names.length, "the number of frames");
  const [own] = written;
  const counted = samples.filter((sample) => sample[measure] > 0);
  const stacks = own?.samples.map((frames) => frames.map((frame) => names[frame]));
  expectSame(stacks, counted.map(stackOf), "stacks of speedscope");
  const weights = counted.map((sample) => sample[measure]);
  expectSame(own?.weights, weights, "weights of speedscope");
  expectSame(
    own?.endValue,
    weights.reduce((one, other) => one + other, 0),
    "the end value",
  );
  expectSame(own?.unit, measure.endsWith("Bytes") ? "bytes" : "none", "the unit");
}

function checkPprof({ encodePprof }: Parts, samples: AllocationSample[]): void {
  const decoded = Profile.decode(encodePprof({ name: "run", samples }));
  const text = (index: unknown) => decoded.stringTable.strings[Number(index)] as string;
  const functions = new Map(decoded.function.map((each) => [Number(each.id), each]));
  const frames = new Map(
    decoded.location.map((each) => {
      const line = each.line[0];
      const own = functions.get(Number(line?.functionId));
      const file = text(own?.filename);
      const place = file === "" ? "" : `${file}:${Number(line?.line)}`;
      return [Number(each.id), `${text(own?.name)}@${place}`];
    }),
  );
  const stacks = decoded.sample.map(({ locationId }) =>
    locationId.map((id) => frames.get(Number(id))).reverse(),
  );
  expectSame(stacks, samples.map(stackOf), "stacks of pprof");
  const numbers = decoded.sample.map(({ value }) => value.map(Number));
  expectSame(
    numbers,
    samples.map((sample) => MEASURES.map((measure) => sample[measure])),
    "values",
  );
  const labels = decoded.sample.map(({ label }) => text(label[0]?.str));
  expectSame(
    labels,
    samples.map(({ typeName }) => typeName),
    "labels",
  );
}

function checkFolded({ foldedStacksOf }: Parts, samples: AllocationSample[]): void {
  for (const measure of MEASURES) {
    const lines = samples
      .filter((sample) => sample[measure] > 0)
      .map((sample) => {
        const names = [...sample.sites.map(({ name }) => name.replace(";", ",")), sample.typeName];
        return `${names.join(";")} ${sample[measure]}\n`;
      });
    expectSame(foldedStacksOf({ name: "run", samples }, measure), lines.join(""), "folded stacks");
  }
}

function written(parts: Parts): fc.IProperty<unknown> {
  return fc.property(profiles, (samples) => {
    checkFolded(parts, samples);
    for (const measure of MEASURES) checkSpeedscope(parts, samples, measure);
    checkPprof(parts, samples);
  }) as fc.IProperty<unknown>;
}

/** Each given the package's exports. */
export const measureProperties: ReadonlyMap<string, (parts: Parts) => fc.IProperty<unknown>> =
  new Map([
    [QUANTILE, quantile],
    [SERIES, series],
    [SAMPLES, written],
  ]);
