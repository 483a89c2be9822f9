// What stands above the tables in docs/benchmarks.md, so that the page is written by one command.

export const PREFACE = `# Benchmarks

Written by \`npm run bench -- --markdown --output docs/benchmarks.md\`; every figure below was
measured in that run. Times differ from machine to machine: read the ratios.

How it is measured:

- Peers run in turn, A B C … A B C …, each sample in a process of its own, warmed before it is
  timed. A figure is the median over the rounds, with the least and the greatest.
- Every peer runs the same operations: one xorshift sequence, drawn alike in JavaScript and in C.
  Equal checksums are demanded. Slow peers do fewer of them.
- *Net* is the CPU time without that of a null allocator (the bump of a number) in the same loop
  of the same language. "–" stands where what is left is noise.
- C malloc and CPython's \`PyObject_Malloc\` run in C, compiled with \`cc -O2\` when the benchmarks
  start. AssemblyScript's TLSF is WebAssembly, called from JavaScript for each operation.
- V8's objects and typed arrays are zeroed and never freed: their collection is in the time. The
  other allocators do not zero. Peers without a realloc of their own allocate and free, and copy
  nothing.
- The programs of whole memory managers count one object born as one operation. The clock stops when
  every byte is back in the allocator, and the number of objects reclaimed is checked inside. *By
  hand* is the same strategy over the same allocator with references in JavaScript variables: the
  ratio to it is the price of the mutator's contract. A figure is the median over the rounds of each
  process's least; *cold* is the first collection of a process.
- The timed loops write into no block. Ours keeps nothing in pool blocks and leaves them untouched;
  most others keep a header or a link there, and pay for the cache miss and the page. Resident MB
  is to be read so. The footprint loops do write into every block.
- memium and @thi.ng/malloc look through lists of blocks. Where that takes too long, they are left
  out.
`;
