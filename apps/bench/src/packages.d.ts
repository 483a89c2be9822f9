// The npm package `malloc` comes without types.
declare module "malloc" {
  export default class Allocator {
    constructor(buffer: ArrayBuffer);
    alloc(sizeBytes: number): number;
    free(address: number): number;
  }
}

// As much of WebAssembly's JavaScript interface as TLSF needs: the types of Node 24 leave it out.
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  function instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: object } }>;
}
