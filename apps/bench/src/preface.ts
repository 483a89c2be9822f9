// What stands above the tables in docs/benchmarks*.md, so that each page is written by one command.

export const PREFACE = `# Benchmarks

Written by the command below with \`--output\` and this page's name, or from runs that \`--json\`
wrote, with \`--from\` for each; every figure was measured in the run that it stands under. Times
differ from machine to machine: read the ratios.

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
  hand* is the same strategy over the same allocator with references in JavaScript variables, and
  for semispace, where those would be left behind, one written out for these programs alone: one
  type, two spaces, a stack, and a collection whenever a space is full. The ratio to it is the price
  of the mutator's contract. In *isolation* the price is that of sharing an isolate with other
  managers, in *checked* that of checked mode. A figure is the median over the rounds of each
  process's least; *cold* is the first collection of a process.
- *Checked*: in 16 MiB references and their epochs are small integers, in 1 GiB doubles. One use of
  the cache is about 14 loads and stores of the mutator, and one in four allocates.
- Resident bytes are what the process grew by; a median of three processes hides a collection that
  came late in one of them.
- A price is a ratio, and says little where both sides are next to nothing, as in the drop of a list
  under mark-sweep or semispace: tenths of a nanosecond an object.
- *By who listens*: all listeners in turn, a process each, every second turn the other way round. A
  difference is a listener's time less that of nobody in the same turn; *nobody, once more* is the
  same composition again, so that its interval is the noise.
- memium and @thi.ng/malloc look through lists of blocks. Where that takes too long, they are left
  out.
`;

/** Above docs/benchmarks-collectors.md. */
export const COLLECTIONS_PREFACE = `# Benchmarks of collectors

Written from runs of the commands below, which \`--json\` wrote, with \`--from\` for each; every
figure was measured in the run that it stands under. Times differ from machine to machine: read the
ratios.

How it is measured:

- Peers run in turn, A B C … A B C …, each sample in a process of its own with one composition in
  it. A figure is the median over the rounds of each process's least, with the least and the
  greatest of those: within a process the clock of a shared machine changes by half, and V8 compiles
  on threads of its own for seconds. *First, cold* is the first collection of a process; two more
  are left out, and *warm* is what follows.
- The clock runs until the collection has returned, every byte is back in the allocator and every
  weak reference is empty. How many objects are alive, how many finalizers ran and how many
  callbacks were called is checked while it runs. CPython's \`gc.collect()\` has its answer checked
  in the same way.
- CPU time of the process counts all of its threads, those of V8 among them. Pauses are times on
  the wall.
- Automatic collection is off while garbage is made, where it can be turned off, and on in
  *collect-trees* and *collect-pause*.
- *collect-order* and *collect-shuffled*: a complete binary tree. Before each collection a
  reference to its root is taken and dropped, so that trial deletion has the whole tree to examine.
- *collect-cycles*: objects in pairs that name each other, of a type that allows weak references.
  In *collect-finalized* one in 100 is of a type with a finalizer, and one in 100 is referred to by
  a weak reference with a callback. A strategy without finalization is left out of the latter.
- *collect-young*: beside 100,000 old objects (10,000 in a quick run). Strategies without
  generations examine their candidates, or are left out.
- *collect-bytes*: what the resident memory of the process grew by, after a full collection, with
  side tables, lists and slack. V8 is asked by \`gc()\`.
- *collect-pause*: each replaced object refers to itself, so that counting alone does not reclaim
  it. One step is 1,000 replacements. *Yielding* lets the event loop turn after each step, and
  counts that turn.
- *collect-graphs*: heaps recorded of CPython are restored as heap images, and rebuilt in CPython
  out of Python objects of the same shape: dicts with string keys, tuples, and lists for everything
  else, which CPython traverses quickest. Each graph has a process and a memory manager of its own,
  whose heap is emptied and filled anew for each repeat. *All cuts made*: then every reference is
  dropped that the recorded plan drops, which is not timed, and what that leaves is collected.
`;
