# The workloads of src/collections in CPython, over the objects that its own users write.
# usage: collections.py PEER WORKLOAD FILE...    prints one line of JSON
import gc
import json
import resource
import sys
import time
import weakref

from programs import tree_object_count, trees as tuple_trees
from rebuilt_graph import rebuild

sys.setrecursionlimit(10_000)
FINALIZED_EVERY = 100
YOUNG_COUNT = 2000
STEP_COUNT = 1000


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left=None, right=None):
        self.left = left
        self.right = right


class WeaklyReferable:
    __slots__ = ("left", "right", "__weakref__")

    def __init__(self, left=None, right=None):
        self.left = left
        self.right = right


class Closing:
    __slots__ = ("left", "right")
    finalized_count = 0

    def __init__(self, left=None, right=None):
        self.left = left
        self.right = right

    def __del__(self):
        Closing.finalized_count += 1


def time_run(run):
    cpu = time.process_time_ns()
    wall = time.perf_counter_ns()
    run()
    wall = time.perf_counter_ns() - wall
    return time.process_time_ns() - cpu, wall


def in_units(runs, unit):
    return {"cpu": [cpu / unit for cpu, _ in runs], "wall": [wall / unit for _, wall in runs]}


def cold_and_warm(runs, unit):
    return {"first, cold": in_units(runs[:1], unit), "warm": in_units(runs[min(3, len(runs) - 1) :], unit)}


def create_random():
    state = 0x9E3779B9

    def draw(limit):
        nonlocal state
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        return state % limit

    return draw


def shuffled(count):
    random = create_random()
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        chosen = random(last + 1)
        order[last], order[chosen] = order[chosen], order[last]
    return order


def expect(what, seen, wanted):
    if seen != wanted:
        raise RuntimeError(f"{what}: {seen}, not {wanted}")


def measure_live(workload):
    size = workload["size"]
    gc.disable()
    births = shuffled(size) if workload["name"] == "collect-shuffled" else range(size)
    nodes = [Node() for _ in range(size)]
    for place in range(size):
        node = nodes[births[place]]
        if 2 * place + 1 < size:
            node.left = nodes[births[2 * place + 1]]
        if 2 * place + 2 < size:
            node.right = nodes[births[2 * place + 2]]
    root = nodes[births[0]]
    del nodes, node, births

    runs = [
        time_run(lambda: expect("found", gc.collect(), 0)) for _ in range(workload["repeatCount"])
    ]
    assert root.left is not None
    return {"measures": cold_and_warm(runs, size), "checksum": size}


def pairs(count, type_of):
    held = []
    for birth in range(0, count, 2):
        first = type_of(birth)()
        second = type_of(birth + 1)(first)
        first.left = second
        held.append(first)
    return held


def measure_cycles(workload):
    size = workload["size"]
    gc.disable()
    gc.collect()
    runs = []
    for _ in range(workload["repeatCount"]):
        held = pairs(size, lambda birth: WeaklyReferable)
        del held
        runs.append(time_run(lambda: expect("found", gc.collect(), size)))
    return {"measures": cold_and_warm(runs, size), "checksum": size}


def measure_finalized(workload):
    size = workload["size"]
    share = size // FINALIZED_EVERY
    called = [0]

    def callback(_):
        called[0] += 1

    gc.disable()
    gc.collect()
    runs = []
    for repeat in range(1, workload["repeatCount"] + 1):
        held = pairs(size, lambda birth: Closing if birth % FINALIZED_EVERY == 51 else WeaklyReferable)
        weak = [
            weakref.ref(held[index * FINALIZED_EVERY // 2], callback) for index in range(share)
        ]
        del held

        def collect():
            expect("found", gc.collect(), size)
            expect("finalizers run", Closing.finalized_count, repeat * share)
            expect("callbacks called", called[0], repeat * share)
            for reference in weak:
                if reference() is not None:
                    raise RuntimeError("a weak reference is not empty")

        runs.append(time_run(collect))
        del weak
    return {"measures": cold_and_warm(runs, size), "checksum": size}


def measure_young(workload):
    size = workload["size"]
    gc.disable()
    old = [Node() for _ in range(size)]
    gc.collect()
    half = YOUNG_COUNT // 2
    runs = []
    for _ in range(workload["repeatCount"]):
        cpu_sum = wall_sum = 0
        for _ in range(100):
            gc.collect(0)
            pairs(half, lambda birth: WeaklyReferable)
            kept = None
            for _ in range(half):
                kept = WeaklyReferable(None, kept)
            cpu, wall = time_run(lambda: expect("found", gc.collect(0), half))
            cpu_sum += cpu / 100
            wall_sum += wall / 100
            kept = None
        runs.append((cpu_sum, wall_sum))
    assert len(old) == size
    return {"measures": cold_and_warm(runs, YOUNG_COUNT), "checksum": YOUNG_COUNT}


def build(depth):
    return Node(build(depth - 1), build(depth - 1)) if depth else Node()


def count(tree):
    return 1 if tree.left is None else 1 + count(tree.left) + count(tree.right)


def slot_trees(depth):
    total = count(build(depth + 1))
    long_lived = build(depth)
    for d in range(4, depth + 1, 2):
        for _ in range(1 << (depth - d + 4)):
            total += count(build(d))
    return total + count(long_lived)


def measure_trees(workload, run):
    depth = workload["size"]
    objects = tree_object_count(depth)
    runs = [time_run(lambda: expect("objects walked", run(depth), objects))]
    return {"measures": cold_and_warm(runs, objects), "checksum": objects}


def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def measure_bytes(workload):
    size = workload["size"]
    gc.disable()
    before = resident_bytes()
    head = None
    for _ in range(size):
        head = Node(head)
    gc.collect()
    after = resident_bytes()
    while head is not None:
        head = head.left
    return {"measures": {"": {"wall": [(after - before) / size]}}, "checksum": size}


def measure_pause(workload):
    size = workload["size"]
    held = [None] * size
    for index in range(size):
        held[index] = node = Node()
        node.left = node
    random = create_random()
    full = gc.get_stats()[2]["collections"]
    steps = []
    for _ in range(2 * size // STEP_COUNT):
        before = time.perf_counter_ns()
        for _ in range(STEP_COUNT):
            held[random(size)] = node = Node()
            node.left = node
        steps.append((time.perf_counter_ns() - before) / 1e6)
    full = gc.get_stats()[2]["collections"] - full
    measures = {
        "worst step": {"wall": [max(steps)], "remark": f"{full} full collections"},
        "usual step": {"wall": [sorted(steps)[len(steps) // 2]]},
        "all steps": {"wall": [sum(steps)]},
    }
    return {"measures": measures, "checksum": size}


def measure_graphs(workload, files):
    gc.disable()
    measures = {}
    for file in files:
        recorded, cut = [], []
        wanted = {}

        def collect(which):
            # The same objects are garbage each time.
            found = gc.collect()
            expect(f"{which}: found", found, wanted.setdefault(which, found))

        # Rebuilding takes long, and nothing here has to warm up.
        for _ in range(min(6, workload["repeatCount"])):
            heap = rebuild(file, workload["size"])
            if heap is None:
                break
            recorded.append(time_run(lambda: collect("as recorded")))
            heap.cut()
            cut.append(time_run(lambda: collect("all cuts made")))
            name = heap.name
            del heap
            gc.collect()
        else:
            measures[f"{name}, first, cold"] = in_units(recorded[:1], 1e6)
            measures[f"{name}, as recorded"] = in_units(recorded[1:] or recorded, 1e6)
            measures[f"{name}, all cuts made"] = in_units(cut[1:] or cut, 1e6)
    return {"measures": measures, "checksum": len(measures)}


def take_sample(peer, workload, files):
    name = workload["name"]
    if name == "collect-trees":
        return measure_trees(workload, slot_trees if peer == "cpython-slots" else tuple_trees)
    if name == "collect-graphs":
        return measure_graphs(workload, files)
    runs = {
        "collect-order": measure_live,
        "collect-shuffled": measure_live,
        "collect-cycles": measure_cycles,
        "collect-finalized": measure_finalized,
        "collect-young": measure_young,
        "collect-bytes": measure_bytes,
        "collect-pause": measure_pause,
    }
    return runs[name](workload)


print(json.dumps(take_sample(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:])))
