/* The timed loops for peers in C: the same loops, drawing the same sequence, as src/loop.ts and
 * src/sequence.ts. Compiled when the benchmarks run.
 *
 *   cc -O2 loops.c                              a program over the C library's malloc
 *   cc -O2 -shared -fPIC -DPYMALLOC loops.c     a library for CPython, over PyObject_Malloc
 *
 *   loops PEER SCRATCH replace LIVE PAIRS SMALLEST LARGEST DRAWING WARM TIMED
 *       DRAWING 0 a random slot, 1 the slot filled last, 2 requests drawn log-uniformly
 *   loops PEER SCRATCH million BLOCKS WARM
 *   loops PEER SCRATCH trace FILE EVENTS WARM TIMED
 *   loops PEER SCRATCH footprint BLOCKS BYTES
 *
 * Each new block is written to. PEER "null" bumps a number through SCRATCH bytes (a power of two)
 * instead, which is what the loop itself costs. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#ifdef PYMALLOC
void *PyObject_Malloc(size_t size);
void *PyObject_Calloc(size_t count, size_t size);
void *PyObject_Realloc(void *block, size_t size);
void PyObject_Free(void *block);
#define ALLOCATE(size) PyObject_Malloc(size)
#define ALLOCATE_ZEROED(size) PyObject_Calloc(1, size)
#define REALLOCATE(block, size) PyObject_Realloc(block, size)
#define FREE(block) PyObject_Free(block)
#else
#define ALLOCATE(size) malloc(size)
#define ALLOCATE_ZEROED(size) calloc(1, size)
#define REALLOCATE(block, size) realloc(block, size)
#define FREE(block) free(block)
#endif

#define SLOT_BITS 20
#define SLOT_BITS_OF_LOG 15
#define BATCH_LIMIT (1 << 20)
#define TIMING_LIMIT 64
#define MILLION_REQUEST_BYTES 32

static uint32_t state = 0x9e3779b9u;
static uint32_t checksum = 0x811c9dc5u;

static uint32_t next(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static void add_to_checksum(const uint32_t *words, size_t count) {
  for (size_t i = 0; i < count; i++) checksum = (checksum ^ words[i]) * 16777619u;
}

/* The bump of a number. The compiler must neither see through it nor put it into the loop's body. */
static char *scratch;
static size_t scratch_mask, bumped;
static __attribute__((noinline)) void *null_allocate(size_t size) {
  __asm__ volatile("" ::: "memory");
  bumped = (bumped + ((size + 15) & ~(size_t)15)) & scratch_mask;
  return scratch + bumped;
}
static __attribute__((noinline)) void null_free(void *block) {
  __asm__ volatile("" : : "r"(block) : "memory");
}

/* A block that was allocated is used: no compiler may drop the pair. */
static inline void *touched(void *block) {
  __asm__ volatile("" : "+r"(block) : : "memory");
  *(volatile char *)block = 1;
  return block;
}
/* Recorded programs ask for blocks of no bytes too: nothing may be written there. */
static inline void *touched_if(uint32_t size, void *block) {
  return size == 0 ? block : touched(block);
}

typedef struct { double cpu_ns, wall_ns; } timing;
typedef struct { const char *name; timing all[TIMING_LIMIT]; int count; } series;

static double now_ns(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}
static timing timing_start(void) {
  timing t = { now_ns(CLOCK_PROCESS_CPUTIME_ID), now_ns(CLOCK_MONOTONIC) };
  return t;
}
static void timing_end(series *s, timing start, size_t count, int keep) {
  timing end = timing_start();
  if (!keep || s->count == TIMING_LIMIT) return;
  s->all[s->count].cpu_ns = (end.cpu_ns - start.cpu_ns) / (double)count;
  s->all[s->count].wall_ns = (end.wall_ns - start.wall_ns) / (double)count;
  s->count++;
}

static double resident_bytes(void) {
  FILE *file = fopen("/proc/self/statm", "r");
  long total = 0, resident = 0;
  if (file != NULL && fscanf(file, "%ld %ld", &total, &resident) == 2) {
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
  return (double)usage.ru_maxrss;
#else
  return (double)usage.ru_maxrss * 1024;
#endif
}

static void *need(void *memory) {
  if (memory == NULL) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  return memory;
}

static void print_result(series *all, int count, double bytes_per_block) {
  printf("{\"checksum\":%u,\"residentBytes\":%.0f,\"timings\":{", checksum, resident_bytes());
  for (int i = 0; i < count; i++) {
    printf("%s\"%s\":[", i == 0 ? "" : ",", all[i].name);
    for (int k = 0; k < all[i].count; k++)
      printf("%s{\"cpuNs\":%.4f,\"wallNs\":%.4f}", k == 0 ? "" : ",", all[i].all[k].cpu_ns,
             all[i].all[k].wall_ns);
    printf("]");
  }
  printf("}");
  if (bytes_per_block >= 0) printf(",\"bytesPerBlock\":%.3f", bytes_per_block);
  printf("}\n");
  fflush(stdout);
}

/* ---- replace ---- */

static uint32_t exponent_of(uint32_t size) {
  uint32_t exponent = 0;
  while (size >>= 1) exponent++;
  return exponent;
}

static uint32_t draw_request(uint32_t smallest, uint32_t largest, int is_log) {
  if (is_log) {
    uint32_t least = exponent_of(smallest);
    uint32_t power = least + next() % (exponent_of(largest) - least);
    return (1u << power) + (next() & ((1u << power) - 1));
  }
  return smallest == largest ? smallest : smallest + next() % (largest - smallest + 1);
}

#define REPLACE_LOOP(allocate, release)                          \
  for (size_t i = 0; i < pairs; i++) {                           \
    uint32_t slot = entries[i] & slot_mask;                      \
    release(slots[slot]);                                        \
    slots[slot] = touched(allocate(entries[i] >> slot_bits));       \
  }

static void replace(int null, char **arguments) {
  uint32_t live = (uint32_t)atol(arguments[0]);
  size_t pairs = (size_t)atol(arguments[1]);
  uint32_t smallest = (uint32_t)atol(arguments[2]), largest = (uint32_t)atol(arguments[3]);
  int last_only = atoi(arguments[4]) == 1, is_log = atoi(arguments[4]) == 2;
  int slot_bits = is_log ? SLOT_BITS_OF_LOG : SLOT_BITS;
  uint32_t slot_mask = (1u << slot_bits) - 1;
  int warm = atoi(arguments[5]), timed = atoi(arguments[6]);
  if (pairs > BATCH_LIMIT) pairs = BATCH_LIMIT;
  uint32_t *entries = need(malloc(pairs * sizeof *entries));
  void **slots = need(malloc(live * sizeof *slots));
  static series result = { .name = "pair" };
  for (uint32_t i = 0; i < live; i++) {
    uint32_t size = draw_request(smallest, largest, is_log);
    slots[i] = null ? null_allocate(size) : ALLOCATE(size);
  }
  for (int batch = 0; batch < warm + timed; batch++) {
    for (size_t i = 0; i < pairs; i++) {
      uint32_t slot = last_only ? live - 1 : next() % live;
      entries[i] = slot | draw_request(smallest, largest, is_log) << slot_bits;
    }
    add_to_checksum(entries, pairs);
    timing start = timing_start();
    if (null) { REPLACE_LOOP(null_allocate, null_free) } else { REPLACE_LOOP(ALLOCATE, FREE) }
    timing_end(&result, start, pairs, batch >= warm);
  }
  print_result(&result, 1, -1);
}

/* ---- million ---- */

static void allocate_all(int null, void **slots, size_t count) {
  if (null)
    for (size_t i = 0; i < count; i++) slots[i] = touched(null_allocate(MILLION_REQUEST_BYTES));
  else
    for (size_t i = 0; i < count; i++) slots[i] = touched(ALLOCATE(MILLION_REQUEST_BYTES));
}

#define FREE_LOOP(release)                  \
  for (size_t i = 0; i < count; i++) {      \
    release(slots[order[i]]);               \
    slots[order[i]] = NULL;                 \
  }

static void free_all(int null, void **slots, const uint32_t *order, size_t count) {
  if (null) { FREE_LOOP(null_free) } else { FREE_LOOP(FREE) }
}

static uint32_t *shuffled_order(size_t count) {
  uint32_t *order = need(malloc(count * sizeof *order));
  for (size_t i = 0; i < count; i++) order[i] = (uint32_t)i;
  for (size_t i = count - 1; i > 0; i--) {
    size_t j = next() % (uint32_t)(i + 1);
    uint32_t held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
  return order;
}

static void million_cycle(int null, size_t count, const uint32_t *shuffled, series *steps) {
  void **slots = need(malloc(count * sizeof *slots));
  uint32_t *in_order = need(malloc(count * sizeof *in_order));
  for (size_t i = 0; i < count; i++) {
    slots[i] = NULL;
    in_order[i] = (uint32_t)i;
  }
  for (int step = 0; step < 5; step++) {
    timing start = timing_start();
    if (step % 2 == 0) allocate_all(null, slots, count);
    else free_all(null, slots, step == 1 ? in_order : shuffled, count);
    timing_end(&steps[step], start, count, 1);
  }
  free_all(null, slots, in_order, count);
  free(slots);
  free(in_order);
}

static void million(int null, char **arguments) {
  size_t count = (size_t)atol(arguments[0]);
  int warm = atoi(arguments[1]);
  static series steps[5] = {
    { .name = "allocate" }, { .name = "free in order" }, { .name = "allocate after in order" },
    { .name = "free shuffled" }, { .name = "allocate after shuffled" },
  };
  uint32_t *few = shuffled_order(count >> 4);
  for (int cycle = 0; cycle < warm; cycle++) million_cycle(null, count >> 4, few, steps);
  for (int step = 0; step < 5; step++) steps[step].count = 0;
  uint32_t *shuffled = shuffled_order(count);
  add_to_checksum(shuffled, count);
  million_cycle(null, count, shuffled, steps);
  print_result(steps, 5, -1);
}

/* ---- trace: two words an event, id * 4 + operation and the request ---- */

static void *null_reallocate(void *block, size_t size) {
  void *moved = null_allocate(size);
  null_free(block);
  return moved;
}

#define TRACE_LOOP(allocate, zeroed, reallocate, release)                                   \
  for (size_t i = 0; i < count * 2; i += 2) {                                               \
    uint32_t id = events[i] >> 2, size = events[i + 1];                                     \
    switch (events[i] & 3) {                                                                \
      case 0: release(slots[id]); slots[id] = NULL; break;                                  \
      case 1: slots[id] = touched_if(size, allocate(size)); break;                          \
      case 2: slots[id] = touched_if(size, zeroed(size)); break;                            \
      default: slots[id] = touched_if(size, reallocate(slots[id], size));                   \
    }                                                                                       \
  }

static void trace(int null, char **arguments) {
  size_t count = (size_t)atol(arguments[1]), ids = 0;
  int warm = atoi(arguments[2]), timed = atoi(arguments[3]);
  uint32_t *events = need(malloc(count * 8));
  static series result = { .name = "event" };
  FILE *file = fopen(arguments[0], "rb");
  if (file == NULL || fread(events, 8, count, file) != count) {
    fprintf(stderr, "cannot read %s\n", arguments[0]);
    exit(1);
  }
  fclose(file);
  for (size_t i = 0; i < count * 2; i += 2)
    if ((events[i] >> 2) >= ids) ids = (events[i] >> 2) + 1;
  void **slots = need(calloc(ids, sizeof *slots));
  add_to_checksum(events, count * 2);
  for (int pass = 0; pass < warm + timed; pass++) {
    timing start = timing_start();
    if (null) {
      TRACE_LOOP(null_allocate, null_allocate, null_reallocate, null_free)
    } else {
      TRACE_LOOP(ALLOCATE, ALLOCATE_ZEROED, REALLOCATE, FREE)
    }
    timing_end(&result, start, count, pass >= warm);
    for (size_t id = 0; id < ids; id++) {
      if (slots[id] != NULL && !null) FREE(slots[id]);
      slots[id] = NULL;
    }
  }
  print_result(&result, 1, -1);
}

/* ---- footprint ---- */

static void footprint(int null, char **arguments) {
  size_t count = (size_t)atol(arguments[0]), size = (size_t)atol(arguments[1]);
  char **slots = need(malloc(count * sizeof *slots));
  memset(slots, 1, count * sizeof *slots);
  double before = resident_bytes();
  for (size_t i = 0; i < count; i++) {
    slots[i] = null ? null_allocate(size) : touched(ALLOCATE(size));
  }
  checksum = 0;
  print_result(NULL, 0, (resident_bytes() - before) / (double)count);
}

int run(int count, char **arguments) {
  if (count < 5) return 2;
  int null = strcmp(arguments[1], "null") == 0;
  if (null) {
    size_t size = (size_t)atol(arguments[2]);
    scratch = need(malloc(size));
    memset(scratch, 1, size);
    scratch_mask = size - 1;
  }
  const char *loop = arguments[3];
  arguments += 4;
  if (strcmp(loop, "replace") == 0 && count == 11) replace(null, arguments);
  else if (strcmp(loop, "million") == 0 && count == 6) million(null, arguments);
  else if (strcmp(loop, "trace") == 0 && count == 8) trace(null, arguments);
  else if (strcmp(loop, "footprint") == 0 && count == 6) footprint(null, arguments);
  else return 2;
  return 0;
}

#ifndef PYMALLOC
int main(int count, char **arguments) { return run(count, arguments); }
#endif
