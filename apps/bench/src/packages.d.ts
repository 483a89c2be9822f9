// The npm package `malloc` comes without types.
declare module "malloc" {
  export default class Allocator {
    constructor(buffer: ArrayBuffer);
    alloc(sizeBytes: number): number;
    free(address: number): number;
  }
}
