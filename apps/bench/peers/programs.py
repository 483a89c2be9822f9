# The programs of src/programs in CPython, over the objects that its own users write.
# usage: programs.py PROGRAM SIZE REPEATS    prints one line of JSON
import gc
import json
import resource
import sys
import time


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


def timed(count, run):
    cpu = time.process_time_ns()
    wall = time.perf_counter_ns()
    run()
    wall = time.perf_counter_ns() - wall
    cpu = time.process_time_ns() - cpu
    return {"cpuNs": cpu / count, "wallNs": wall / count}


def build(depth):
    return (build(depth - 1), build(depth - 1)) if depth else (None, None)


def count(tree):
    left, right = tree
    return 1 if left is None else 1 + count(left) + count(right)


def tree_object_count(depth):
    total = 2 ** (depth + 2) - 1 + 2 ** (depth + 1) - 1
    return total + sum(2 ** (depth - d + 4) * (2 ** (d + 1) - 1) for d in range(4, depth + 1, 2))


def trees(depth):
    total = count(build(depth + 1))
    long_lived = build(depth)
    for d in range(4, depth + 1, 2):
        for _ in range(1 << (depth - d + 4)):
            total += count(build(d))
    return total + count(long_lived)


def run_trees(depth, repeats):
    objects = tree_object_count(depth)
    counted = []
    timings = [timed(objects, lambda: counted.append(trees(depth))) for _ in range(repeats)]
    assert all(number == objects for number in counted)
    return {"timings": {"all": timings}, "checksum": objects}


def build_list(objects):
    head = None
    for _ in range(objects):
        head = Node(head, None)
    return head


def run_list(objects, repeats):
    gc.disable()
    built, dropped = [], []
    for _ in range(repeats):
        kept = []
        built.append(timed(objects, lambda: kept.append(build_list(objects))))
        dropped.append(timed(objects, kept.clear))
    return {"timings": {"build": built, "drop": dropped}, "checksum": objects}


def build_garbage(objects):
    held = []
    for _ in range(objects // 2):
        first = Node(None, None)
        first.left = Node(first, None)
        held.append(first)
    return held


def run_garbage(objects, repeats):
    gc.disable()
    gc.collect()
    collected = []
    for _ in range(repeats):
        held = build_garbage(objects)

        def drop():
            held.clear()
            found = gc.collect()
            assert found == objects, found

        collected.append(timed(objects, drop))
    return {"timings": {"cold": collected[:1], "collect": collected[1:]}, "checksum": objects}


def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def run_objects(objects, repeats):
    gc.disable()
    before = resident_bytes()
    held = build_list(objects)
    after = resident_bytes()
    assert held is not None
    return {"timings": {}, "bytesPerObject": (after - before) / objects, "checksum": objects}


if __name__ == "__main__":
    RUNS = {"trees": run_trees, "list": run_list, "garbage": run_garbage, "objects": run_objects}
    program, size, repeats = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(RUNS[program](size, repeats)))
