import { describe, expect, it } from "vitest";
import * as interfaces from "../src/index.js";
import {
  EVENT_BLOCK_FREE,
  EVENT_POOL_TAKE,
  EVENTS,
  isObserved,
  type Observer,
} from "../src/index.js";

describe("the list of events", () => {
  it("describes every code at its place", () => {
    expect(EVENTS.map((event) => event.code)).toEqual(EVENTS.map((_, index) => index + 1));
  });

  it("has a constant for each event, called like it", () => {
    const constants = Object.entries(interfaces)
      .filter(([name]) => name.startsWith("EVENT_"))
      .map(([name, code]) => [name, code]);
    const described = EVENTS.map((event) => [
      `EVENT_${event.name.toUpperCase().replaceAll("-", "_")}`,
      event.code,
    ]);
    expect(constants.sort()).toEqual(described.sort());
  });

  it("names each with a noun and a verb, once, with at most three numbers", () => {
    for (const event of EVENTS) {
      expect(event.name).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(event.numbers.length).toBeGreaterThan(0);
      expect(event.numbers.length).toBeLessThanOrEqual(3);
      expect(new Set(event.numbers).size).toBe(event.numbers.length);
    }
    expect(new Set(EVENTS.map((event) => event.name)).size).toBe(EVENTS.length);
  });
});

describe("isObserved", () => {
  const event = () => {};

  it("is false without an observer", () => {
    expect(isObserved(undefined, EVENT_BLOCK_FREE)).toBe(false);
  });

  it("is true for every event when the observer names none", () => {
    for (const { code } of EVENTS) expect(isObserved({ event }, code)).toBe(true);
  });

  it("is true only for the events that the observer names", () => {
    const observer: Observer = { event, wants: [EVENT_BLOCK_FREE] };
    expect(isObserved(observer, EVENT_BLOCK_FREE)).toBe(true);
    expect(isObserved(observer, EVENT_POOL_TAKE)).toBe(false);
    expect(isObserved({ event, wants: [] }, EVENT_BLOCK_FREE)).toBe(false);
  });
});
