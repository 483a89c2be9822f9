// Test support: damages trace files, the same way for the same seed. Some mutants are damaged gzip
// data, some are damaged traces in sound gzip data, and some of those carry the right CRC again, so
// that every check has something to find.

import { crcOf, decodedOf, gunzip, gzip, itemOffsets, join, takeApart, u32 } from "./raw-trace.js";

/** Answers an integer from 0 to `below` − 1. */
export type Random = (below: number) => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export interface Mutant {
  readonly file: Uint8Array;
  readonly how: string;
  /** The gzip data was damaged: its own sums cover header and footer texts too. */
  readonly isGzipDamage: boolean;
}

type Damage = (bytes: Uint8Array, random: Random) => Uint8Array;

const damages: Record<string, Damage> = {
  "flipped bit": (bytes, random) => {
    const copy = bytes.slice();
    const at = random(copy.length);
    copy[at] = (copy[at] as number) ^ (1 << random(8));
    return copy;
  },
  "set byte": (bytes, random) => {
    const copy = bytes.slice();
    copy[random(copy.length)] = random(256);
    return copy;
  },
  "several set bytes": (bytes, random) => {
    const copy = bytes.slice();
    for (let left = 2 + random(6); left > 0; left--) copy[random(copy.length)] = random(256);
    return copy;
  },
  truncated: (bytes, random) => bytes.slice(0, random(bytes.length)),
  "appended bytes": (bytes, random) => join(bytes, bytes.slice(0, 1 + random(40))),
  "cut out": (bytes, random) => {
    const at = random(bytes.length);
    return join(bytes.slice(0, at), bytes.slice(at + 1 + random(20)));
  },
  "inserted bytes": (bytes, random) => {
    const at = random(bytes.length);
    const inserted = Uint8Array.from({ length: 1 + random(12) }, () => random(256));
    return join(bytes.slice(0, at), inserted, bytes.slice(at));
  },
  spliced: (bytes, random) => {
    const copy = bytes.slice();
    const from = random(copy.length);
    copy.copyWithin(random(copy.length), from, from + 1 + random(64));
    return copy;
  },
};
const damageNames = Object.keys(damages);

/** Sets one of the two length fields to something else, often huge. */
function damageLength(decoded: Uint8Array, random: Random): Uint8Array {
  const { footer } = itemOffsets(decoded);
  const at = random(2) === 0 ? 8 : footer - 4;
  const lengths = [0, 1, 2 ** 20, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, random(5000)];
  const copy = decoded.slice();
  copy.set(u32(lengths[random(lengths.length)] as number), at);
  return copy;
}

/** Damages the events and gives the footer the CRC of the damaged ones. */
function damageEvents(file: Uint8Array, damage: Damage, random: Random): Uint8Array {
  const raw = takeApart(file);
  const damaged = damage(raw.eventBytes, random);
  return decodedOf({
    ...raw,
    eventBytes: damaged,
    footer: { ...raw.footer, crc32: crcOf(damaged) },
  });
}

export function mutate(file: Uint8Array, random: Random): Mutant {
  const name = damageNames[random(damageNames.length)] as string;
  const damage = damages[name] as Damage;
  switch (random(8)) {
    case 0:
    case 1:
      return { file: damage(file, random), how: `gzip data: ${name}`, isGzipDamage: true };
    case 2: {
      const decoded = damageLength(gunzip(file), random);
      return { file: gzip(decoded), how: "a length field", isGzipDamage: false };
    }
    case 3:
    case 4:
    case 5: {
      const decoded = damageEvents(file, damage, random);
      return { file: gzip(decoded), how: `events, right CRC: ${name}`, isGzipDamage: false };
    }
    default: {
      const decoded = damage(gunzip(file), random);
      return { file: gzip(decoded), how: `decoded: ${name}`, isGzipDamage: false };
    }
  }
}

/** Damages bytes of any kind. */
export function damageBytes(
  bytes: Uint8Array,
  random: Random,
): { readonly bytes: Uint8Array; readonly how: string } {
  const how = damageNames[random(damageNames.length)] as string;
  return { bytes: (damages[how] as Damage)(bytes, random), how };
}
