// The npm package `malloc` comes without types.
declare module "malloc" {
  export default class Allocator {
    constructor(buffer: ArrayBuffer, startBytes?: number, sizeBytes?: number);
    alloc(sizeBytes: number): number;
    free(address: number): number;
    sizeOf(address: number): number;
    calloc(sizeBytes: number): number;
    /** Free blocks come with their place, used ones with their size alone. */
    inspect(): { readonly blocks: readonly { readonly type: string; readonly size: number }[] };
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
