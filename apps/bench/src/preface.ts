// What stands above the tables in docs/benchmarks.md and docs/benchmarks-managers.md, so that each
// page is written by one command.

export const PREFACE = `# Benchmarks

Written by the command below with \`--output\` and this page's name; every figure was measured in
that run. Times differ from machine to machine: read the ratios.

How it is measured:

- Peers run in turn, A B C … A B C …, each sample in a process of its own, warmed before it is
  timed. A figure is the median over the rounds, with the least and the greatest.
- Every peer runs the same operations: one xorshift sequence, drawn alike in JavaScript and in C.
  Equal checksums are demanded. Slow peers do fewer of them.
- Each loop writes the first byte or word of each new block, as a program does, so that the cache
  miss and the page of a block that an allocator leaves untouched are in its figures.
- *Net* is the CPU time without that of a null allocator in the same loop of the same language. It
  bumps a number through a ring of memory as large as the blocks the loop reuses, and the loop
  writes there. "–" stands where what is left is noise.
- C malloc and CPython's \`PyObject_Malloc\` run in C, compiled with \`cc -O2\` when the benchmarks
  start. AssemblyScript's TLSF is WebAssembly, called from JavaScript for each operation.
- V8's objects and typed arrays are zeroed and never freed: their collection is in the time. The
  other allocators do not zero. Peers without a realloc of their own allocate and free, and copy
  nothing.
- The replays are held by large requests: in text_tools 22 of 100 events are about blocks above 512
  bytes, in bit_decoder 8, in json_roundtrip 1. Ours go to the large block allocator, which splits
  and merges them at once; C malloc keeps freed blocks of up to 1,032 bytes in a cache by size.
- The programs of whole memory managers count one object born as one operation. The clock stops when
  every byte is back in the allocator, and the number of objects reclaimed is checked inside. *By
  hand* is the same strategy over the same allocator with references in JavaScript variables: the
  ratio to it is the price of the mutator's contract. In *isolation* the price is that of sharing an
  isolate with other managers. A figure is the median over the rounds of each
  process's least; *cold* is the first collection of a process.
- A price is a ratio, and says little where both sides are next to nothing, as in the drop of a list
  under mark-sweep: tenths of a nanosecond an object.
- *semispace, by hand* collects nothing until its program ends: its polls never do, and its space
  grows where it lies. The price of semispace therefore holds the copying as well as the contract.
- memium and @thi.ng/malloc look through lists of blocks. Where that takes too long, they are left
  out.
`;
