# A heap graph (NAME.hgraph.gz) rebuilt of Python objects of the same shape.
#
#   dict                       a dict with string keys, so that only values are visited, as recorded
#   tuple                      a tuple
#   other object with header   a list of what it refers to: what CPython traverses quickest
#   object without header      object()
#   reference from outside     an entry of a list that is not collected with the heap
#
# The collector looks at nothing else: what was there before is frozen.
import gc
import gzip
import json


def unzigzag(value):
    return (value >> 1) ^ -(value & 1)


def varints(data):
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        if byte & 128:
            shift += 7
            continue
        yield value
        value = shift = 0


def decode(data, encoding, hubs):
    if encoding == "u8":
        return list(data)
    if encoding == "varint":
        return list(varints(data))
    if encoding == "zigzag":
        return [unzigzag(value) for value in varints(data)]
    values, last = [], 0
    for value in varints(data):
        if encoding == "delta":
            last += unzigzag(value)
        elif value & 1:
            values.append(hubs[value >> 1])
            continue
        else:
            last += unzigzag(value >> 1)
        values.append(last)
    return values


NEEDED = {"type", "flags", "external", "nrefs", "refs"}


def read(path):
    """The header, and the sections that rebuilding needs."""
    with gzip.open(path) as file:
        data = file.read()
    assert data[:8] == b"HGRAPH01"
    start = 12 + int.from_bytes(data[8:12], "little")
    header = json.loads(data[12:start])
    sections = {}
    for section in header["sections"]:
        end = start + section["bytes"]
        name = section["name"]
        if name in NEEDED or name.endswith(".cut"):
            sections[name] = decode(data[start:end], section["encoding"], header["hubs"])
        start = end
    return header, sections


class Heap:
    """What holds a rebuilt heap: the references that came from outside of the recorded one."""

    def __init__(self, name, held, cuts):
        self.name = name
        self.held = held
        self.cuts = cuts

    def cut(self):
        for index in self.cuts:
            self.held[index] = None
        self.cuts = None


CACHE = {}


def load(path):
    if path not in CACHE:
        CACHE.clear()
        header, sections = read(path)
        CACHE[path] = header, sections
    return CACHE[path]


def make_tuples(objects, references):
    """Tuples whose items are all made; a tuple is never part of a cycle of tuples alone."""
    waiting = [object_id for object_id, made in enumerate(objects) if made is None]
    for object_id in waiting:
        stack = [object_id]
        while stack:
            last = stack[-1]
            if objects[last] is not None:
                stack.pop()
                continue
            missing = [item for item in references(last) if objects[item] is None]
            if missing:
                stack.extend(missing)
            else:
                objects[last] = tuple([objects[item] for item in references(last)])
                stack.pop()


def rebuild(path, object_limit):
    """A heap of the same shape, or None for a graph above the limit."""
    header, sections = load(path)
    count = header["objects"]
    if count > object_limit:
        return None
    names = [kind["name"] for kind in header["types"]]
    kinds = [names[index] for index in sections["type"]]
    has_header = [flags & 4 != 0 for flags in sections["flags"]]
    starts = [0]
    for length in sections["nrefs"]:
        starts.append(starts[-1] + length)
    refs = sections["refs"]
    held = []
    gc.freeze()

    def references(object_id):
        return refs[starts[object_id] : starts[object_id + 1]]

    makers = {"dict": dict, "tuple": lambda: None}
    objects = [
        makers.get(kind, list)() if collected else object()
        for kind, collected in zip(kinds, has_header)
    ]
    make_tuples(objects, references)
    keys = [str(index) for index in range(max(sections["nrefs"]))]
    for object_id, made in enumerate(objects):
        if type(made) is list:
            made.extend([objects[item] for item in references(object_id)])
        elif type(made) is dict:
            for key, item in zip(keys, references(object_id)):
                made[key] = objects[item]
    return Heap(header["name"], held, hold(held, header, sections, objects))


def hold(held, header, sections, objects):
    """Puts one entry for each reference from outside into `held`; which of them the plan cuts."""
    first = []
    for made, flags, external in zip(objects, sections["flags"], sections["external"]):
        first.append(len(held))
        held.extend([made] * (1 if flags & 2 else external))
    cuts = []
    for step in range(len(header["steps"])):
        for object_id in sections.get(f"step{step}.cut", ()):
            cuts.append(first[object_id])
            first[object_id] += 1
    return cuts
