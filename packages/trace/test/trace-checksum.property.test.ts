import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { updateCrc32 } from "../src/trace-checksum.js";

describe("CRC-32", () => {
  it("is zlib's, in one go or in two", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
        const middle = Math.min(cut, bytes.length);
        const first = updateCrc32(0, bytes, 0, middle);
        expect(updateCrc32(0, bytes)).toBe(crc32(bytes));
        expect(updateCrc32(first, bytes, middle)).toBe(crc32(bytes));
      }),
    );
  });
});
