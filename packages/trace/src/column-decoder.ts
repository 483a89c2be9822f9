// Decodes one section of a heap graph, a column of numbers, from pieces of any size. A number that
// is cut off by the end of a piece is kept as it is and goes on with the next one, so that bytes
// are looked at once and never gathered.
//
//   u8       one byte a value
//   varint   unsigned LEB128: seven bits a byte, low bits first, top bit on all bytes but the last
//   zigzag   varint of 2v for v ≥ 0, else of −2v − 1
//   delta    zigzag of the difference to the value before, 0 before the first
//   refs     varint z: odd, the hub z >> 1; even, zigzag of the difference to the last value that
//            was no hub
//
// The table grows as values come, twice what it was and never above what the header claims: a
// claim alone allocates nothing.

/** How the values of a section are written. */
export type ColumnEncoding = "u8" | "varint" | "zigzag" | "delta" | "refs";

const VARINT_SIZE_LIMIT_BYTES = 5;
const VARINT_LIMIT = 2 ** 32;
const FIRST_CAPACITY = 4096;

export interface ColumnOptions {
  readonly encoding: ColumnEncoding;
  /** What the header claims; the bytes must give exactly as many values. */
  readonly count: number;
  readonly sizeBytes: number;
  /** Values outside are refused. */
  readonly lowest: number;
  readonly highest: number;
  readonly hubs: Int32Array;
  /** What is wrong with a value that is in range; it is asked in order. */
  readonly check?: ((value: number, index: number) => string | undefined) | undefined;
  /** Throws the error for a value that began `position` bytes after the section. */
  readonly fail: (position: number, problem: string) => never;
}

export interface ColumnDecoder {
  /** Takes bytes from `start` and answers the position after the last that is the section's. */
  take(bytes: Uint8Array, start: number, end: number): number;
  hasEnded(): boolean;
  /** The values, once the section has ended. */
  values(): Column;
}

/** Bytes for the encoding `u8`. */
export type Column = Int32Array | Uint8Array;

/** Throws through `fail` when bytes and values cannot match. */
export function createColumnDecoder(options: ColumnOptions): ColumnDecoder {
  const { encoding, count, sizeBytes, lowest, highest, hubs, check, fail } = options;
  const isByte = encoding === "u8";
  const makeColumn = (length: number): Column =>
    isByte ? new Uint8Array(length) : new Int32Array(length);
  let column = makeColumn(Math.min(count, FIRST_CAPACITY));
  let valueCount = 0;
  let takenBytes = 0;
  let valuePosition = 0;
  let varint = 0;
  let factor = 1;
  let last = 0;

  const sizeLimitBytes = count * (isByte ? 1 : VARINT_SIZE_LIMIT_BYTES);
  if (sizeBytes < count || sizeBytes > sizeLimitBytes) {
    fail(0, `${count} values of encoding ${encoding} do not take ${sizeBytes} bytes`);
  }

  function grow(): void {
    const grown = makeColumn(Math.min(count, column.length * 2));
    grown.set(column);
    column = grown;
  }

  function hub(index: number): number {
    if (index >= hubs.length) fail(valuePosition, `there is no hub ${index}`);
    return hubs[index] as number;
  }

  function meaning(raw: number): number {
    switch (encoding) {
      case "u8":
      case "varint":
        return raw;
      case "zigzag":
        return unzigzag(raw);
      case "delta":
        last += unzigzag(raw);
        return last;
      case "refs":
        if (raw & 1) return hub(raw >>> 1);
        last += unzigzag(raw >>> 1);
        return last;
    }
  }

  function store(raw: number): void {
    const value = meaning(raw);
    if (value < lowest || value > highest) {
      fail(valuePosition, `value ${value} is not from ${lowest} to ${highest}`);
    }
    const problem = check?.(value, valueCount);
    if (problem !== undefined) fail(valuePosition, problem);
    if (valueCount === column.length) grow();
    column[valueCount++] = value;
  }

  function takeByte(byte: number): void {
    varint += (byte & 127) * factor;
    takenBytes++;
    if (byte < 128) {
      if (varint >= VARINT_LIMIT) fail(valuePosition, "a number has more than 32 bits");
      store(varint);
      varint = 0;
      factor = 1;
      valuePosition = takenBytes;
    } else {
      factor *= 128;
      if (takenBytes - valuePosition === VARINT_SIZE_LIMIT_BYTES) {
        fail(valuePosition, `a number has more than ${VARINT_SIZE_LIMIT_BYTES} bytes`);
      }
    }
  }

  function take(bytes: Uint8Array, start: number, end: number): number {
    const sectionEnd = Math.min(end, start + sizeBytes - takenBytes);
    for (let at = start; at < sectionEnd; at++) {
      if (valueCount === count) fail(takenBytes, `bytes are left over after ${count} values`);
      if (isByte) {
        store(bytes[at] as number);
        valuePosition = ++takenBytes;
      } else {
        takeByte(bytes[at] as number);
      }
    }
    if (takenBytes === sizeBytes && valueCount < count) {
      fail(valuePosition, `the section ends after ${valueCount} of ${count} values`);
    }
    return sectionEnd;
  }

  return { take, hasEnded: () => takenBytes === sizeBytes, values: () => column };
}

function unzigzag(raw: number): number {
  return (raw >>> 1) ^ -(raw & 1);
}
