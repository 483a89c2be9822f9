// CRC-32, the checksum of zlib and gzip (the reflected polynomial of RFC 1952), a byte a step.
// Every language has it, which is why the image format uses it.

const POLYNOMIAL = 0xedb88320;
const table = makeTable();

function makeTable(): Int32Array {
  const rows = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder & 1 ? POLYNOMIAL ^ (remainder >>> 1) : remainder >>> 1;
    }
    rows[byte] = remainder;
  }
  return rows;
}

/** The CRC-32 of what `crc` (0 at first) was over, followed by bytes `start` … `end − 1`. */
export function updateCrc32(crc: number, bytes: Uint8Array, start: number, end: number): number {
  let remainder = ~crc;
  for (let index = start; index < end; index++) {
    const row = (remainder ^ (bytes[index] as number)) & 255;
    remainder = (table[row] as number) ^ (remainder >>> 8);
  }
  return ~remainder >>> 0;
}
