import fc from "fast-check";
import { expect, it } from "vitest";
import { createHistogram, createTimeSeries } from "../src/index.js";

const values = fc.array(
  fc.oneof(
    fc.nat(100),
    fc.maxSafeNat(),
    fc.nat(52).map((power) => 2 ** power),
  ),
  { minLength: 1, maxLength: 60 },
);

it("answers a quantile that is never too small and at most a sixteenth too large", () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (numbers, share) => {
      const histogram = createHistogram();
      for (const value of numbers) histogram.add(value);
      const sorted = [...numbers].sort((one, other) => one - other);
      const exact = sorted[Math.max(1, Math.ceil(share * numbers.length)) - 1] as number;
      expect(histogram.quantile(share)).toBeGreaterThanOrEqual(exact);
      expect(histogram.quantile(share)).toBeLessThanOrEqual(exact * (1 + 1 / 16));
      expect(histogram.least).toBe(sorted[0]);
      expect(histogram.greatest).toBe(sorted.at(-1));
      expect(histogram.count).toBe(numbers.length);
      const steps = histogram.steps();
      expect(steps.reduce((sum, { count }) => sum + count, 0)).toBe(numbers.length);
    }),
    { numRuns: 500, seed: 3 },
  );
});

it("has no quantile before the first value, and refuses what is no whole number", () => {
  const histogram = createHistogram();
  expect([histogram.quantile(0.5), histogram.least, histogram.greatest]).toEqual([0, 0, 0]);
  expect(histogram.steps()).toEqual([]);
  for (const value of [-1, 1.5, Number.NaN, 2 ** 60]) {
    expect(() => histogram.add(value)).toThrow(/Histogram.add/);
  }
});

it("keeps the least and greatest value of a run of any length in the entries asked for", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 2, max: 9 }),
      (numbers, limitCount) => {
        const series = createTimeSeries(limitCount);
        for (const [time, value] of numbers.entries()) series.note(time, value);
        const entries = series.entries();
        expect(series.entryCount).toBeLessThanOrEqual(limitCount);
        expect(Math.max(...entries.map((each) => each.greatest))).toBe(Math.max(...numbers));
        expect(Math.min(...entries.map((each) => each.least))).toBe(Math.min(...numbers));
        expect(entries.at(-1)?.last).toBe(numbers.at(-1));
        expect(entries[0]?.start).toBe(0);
        expect(entries.at(-1)?.end).toBe(numbers.length - 1);
        for (const [index, entry] of entries.entries()) {
          expect(entry.start).toBe(index === 0 ? 0 : (entries[index - 1] as typeof entry).end + 1);
        }
      },
    ),
    { numRuns: 300, seed: 4 },
  );
});
