#!/usr/bin/env python3
"""Records the heap of a running CPython program (3.9 to 3.14) as a heap graph for `ouro`.

    python3 ouro_record.py -o heap.hgraph.gz app.py ARGS...    when the program ends
    python3 ouro_record.py -o heap.hgraph.gz -m package ARGS...
    python3 ouro_record.py --signal -o heap.hgraph.gz app.py   also at each SIGUSR1

    import ouro_record; ouro_record.record("heap.hgraph.gz")   from inside, at any moment

    ouro why heap.hgraph.gz      ouro cycles heap.hgraph.gz      ouro heap heap.hgraph.gz

It asks nothing but `gc`, `sys.getrefcount` and what objects say of themselves; no C, no packages.
What that can not show is left out, never guessed:

    type flags gen refs weak    as the interpreter tells them
    refcount                    exact; where traversal shows more references than are counted
                                (borrowed ones), it is raised to them
    hidden                      str keys of dicts that share none, and the parts of code objects;
                                only as far as the counts of these agree
    external                    refcount - references shown: counts that nothing here explains.
                                C code, the interpreter's own tables and stacks, arguments: some of
                                these are roots, and most are not, so none is called one.
    roots                       what is known to be one: sys.modules, the frames of each thread and
                                what their locals hold. Names are in the header, `root_names`.
    steps                       none
    names                       keys, attributes and members that can be had without running code of
                                the program; nothing of the heap is changed to learn one

Other threads wait meanwhile. Objects of the recorder are left out.
"""

import array
import gc
import json
import os
import sys
import types
import weakref
import zlib

HAVE_GC = 1 << 14
HEAP_TYPE = 1 << 9
MANAGED = (1 << 3) | (1 << 4) if sys.version_info >= (3, 12) else (1 << 4)
IMMORTAL_FROM = 1 << 28
CODE_PARTS = ("co_consts", "co_names", "co_filename", "co_name", "co_qualname", "co_linetable")
HAS_MANAGED = sys.version_info >= (3, 11)


# `isinstance` would ask an object for its `__class__`, which can be code of the program: so its
# type is asked here.


def record(path, name=None, skip_frames=0, code=None):
    """Writes the heap to a file; answers how many objects it has. `code`: what ran, for names."""
    was_enabled = gc.isenabled()
    interval = sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(3600)
    try:
        heap = _Heap(sys._getframe(1 + skip_frames), code)
        data = heap.encode(name or os.path.basename(path).replace(".hgraph.gz", ""))
        count = len(heap.objects)
    finally:
        sys.setswitchinterval(interval)
        if was_enabled:
            gc.enable()
    with open(path, "wb") as out:
        out.write(_compress(data))
    return count


def _compress(data):
    """One gzip member. Readers refuse what decodes to 256 times its size: it could fill memory."""
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY):
        packer = zlib.compressobj(6, zlib.DEFLATED, 31, 9, strategy)
        parts, size, is_safe = [], 0, True
        for start in range(0, len(data), 1 << 20):
            piece = data[start : start + (1 << 20)]
            part = packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
            parts.append(part)
            size += len(part)
            is_safe = is_safe and len(part) * 128 > len(piece)
        parts.append(packer.flush())
        if is_safe:
            break
    return b"".join(parts)


class _Heap:
    """All objects that the collector knows and all they reach, by number."""

    def __init__(self, frame, code=None):
        self.types = []
        self.type_rows = {}
        self.roots = _find_roots(frame)
        self._skip = {id(self), id(self.__dict__), id(self.roots), id(self.types)}
        self._skip.update((id(self.type_rows), id(self._skip)))
        for pair in self.roots:
            self._skip.add(id(pair))
        own = sys._getframe()
        while own is not None and own is not frame:
            self._skip.add(id(own))
            own = own.f_back
        own = None
        self._gather()
        self._find_refs()
        self._find_hidden()
        self._find_counts()
        self.names = _SlotNames(self, code)

    def _gather(self):
        """Objects in the order of the file: by generation, then what else they reach."""
        lists = []
        for generation in (0, 1, 2):
            try:
                found = gc.get_objects(generation=generation)
            except ValueError:
                found = []
            lists.append(found)
        skip = self._skip
        skip.add(id(lists))
        for found in lists:
            skip.add(id(found))
        known = set()
        for index, found in enumerate(lists):
            kept = []
            skip.add(id(kept))
            for each in found:
                if id(each) in skip or id(each) in known:
                    continue
                known.add(id(each))
                kept.append(each)
            lists[index] = kept
        each = found = None
        late, untracked, frozen = [], [], []
        has_frozen = gc.get_freeze_count() > 0
        pending = [o for kept in lists for o in kept]
        pending.extend(o for _, o in self.roots)
        skip.update((id(known), id(late), id(untracked), id(frozen), id(pending)))
        for each in pending:
            if id(each) not in known and id(each) not in skip:
                known.add(id(each))
                (untracked if not gc.is_tracked(each) else late).append(each)
            for other in gc.get_referents(each) + _parts(each):
                if id(other) in known or id(other) in skip:
                    continue
                known.add(id(other))
                pending.append(other)
                if not gc.is_tracked(other):
                    untracked.append(other)
                elif has_frozen:
                    frozen.append(other)
                else:
                    late.append(other)
        lists[2].extend(late)
        self.sizes = [len(kept) for kept in lists] + [len(frozen)]
        self.objects = [o for kept in lists for o in kept] + frozen + untracked
        self.index = {id(o): i for i, o in enumerate(self.objects)}
        skip.update((id(self.objects), id(self.index), id(self.sizes)))

    def _find_refs(self):
        index = self.index
        self.nrefs = array.array("q")
        self.refs = array.array("q")
        self.instance_dicts = set()
        for each in self.objects:
            own = 0
            kind = type(each)
            has_dict = kind.__dictoffset__ != 0 and not issubclass(type(each), _WITH_OWN_DICT)
            if kind.__flags__ & HAVE_GC:
                for other in gc.get_referents(each):
                    number = index.get(id(other))
                    if number is None:
                        continue
                    own += 1
                    self.refs.append(number)
                    if has_dict and type(other) is dict:
                        self.instance_dicts.add(number)
            self.nrefs.append(own)

    def _find_hidden(self):
        """What traversal leaves out and is known all the same."""
        self.hidden = {}
        for number, each in enumerate(self.objects):
            if number in self.instance_dicts:
                continue
            found = [self.index.get(id(part)) for part in _parts(each)]
            found = [part for part in found if part is not None]
            if found:
                self.hidden[number] = found

    def _find_counts(self):
        objects = self.objects
        count = len(objects)
        probes = [object()]
        # A list and a call hold the probe, as they hold each object: nothing else does.
        base = [sys.getrefcount(probes[i]) for i in range(1)][0]
        self.refcounts = array.array("q", bytes(8 * count))
        for i in range(count):
            self.refcounts[i] = sys.getrefcount(objects[i]) - base
        for _, root in self.roots:
            number = self.index.get(id(root))
            if number is not None:
                self.refcounts[number] -= 1
        root = None
        incoming = array.array("q", bytes(8 * count))
        for number in self.refs:
            incoming[number] += 1
        claimed = {}
        for parts in self.hidden.values():
            for number in parts:
                claimed[number] = claimed.get(number, 0) + 1
        self.immortal = bytearray(count)
        for i in range(count):
            if self.refcounts[i] >= IMMORTAL_FROM:
                self.immortal[i] = 1
                self.refcounts[i] = 0
        # Parts are only what the counts agree with.
        wrong = {
            number
            for number, claims in claimed.items()
            if not self.immortal[number] and incoming[number] + claims > self.refcounts[number]
        }
        for number, parts in list(self.hidden.items()):
            self.hidden[number] = [part for part in parts if part not in wrong]
            for part in self.hidden[number]:
                incoming[part] += 1
        self.external = array.array("q", bytes(8 * count))
        self.raised = 0
        for i in range(count):
            if self.immortal[i]:
                continue
            if self.refcounts[i] < max(1, incoming[i]):
                self.refcounts[i] = max(1, incoming[i])
                self.raised += 1
            self.external[i] = self.refcounts[i] - incoming[i]

    def _type_row(self, kind):
        row = self.type_rows.get(id(kind))
        if row is None:
            row = len(self.types)
            self.type_rows[id(kind)] = row
            flags = kind.__flags__
            self.types.append(
                {
                    "name": type.__dict__["__qualname__"].__get__(kind),
                    "id": self.index.get(id(kind), -1),
                    "gc": bool(flags & HAVE_GC),
                    "heap": bool(flags & HEAP_TYPE),
                    "finalizer": any("__del__" in vars(base) for base in kind.__mro__)
                    or kind in _CLOSING,
                    "weakrefable": kind.__weakrefoffset__ != 0,
                    "clear": bool(flags & HAVE_GC) and kind is not tuple,
                }
            )
        return row

    def encode(self, name):
        count = len(self.objects)
        rows = array.array("q")
        flags, gens = bytearray(), bytearray()
        sizes, headers = array.array("q"), bytearray()
        weak = ([], [], bytearray())
        ends = [sum(self.sizes[: g + 1]) for g in range(4)]
        sizers = {}
        generation = 0
        for number, each in enumerate(self.objects):
            while generation < 4 and number >= ends[generation]:
                generation += 1
            kind = type(each)
            row = self._type_row(kind)
            rows.append(row)
            is_collected = _is_collected(each, kind)
            gens.append(generation)
            flags.append(
                (1 if generation < 4 else 0)
                | (2 if self.immortal[number] else 0)
                | (4 if is_collected else 0)
                | (8 if gc.is_finalized(each) else 0)
            )
            sizer = sizers.get(kind)
            if sizer is None:
                sizer = sizers[kind] = _sizer(kind)
            sizes.append(sizer(each))
            has_managed = HAS_MANAGED and kind.__flags__ & MANAGED
            headers.append((32 if has_managed else 16) if is_collected else 0)
            if issubclass(type(each), weakref.ReferenceType):
                target = weakref.ReferenceType.__call__(each)
                place = -1 if target is None else self.index.get(id(target), -1)
                if place >= 0:
                    self.types[self._type_row(type(target))]["weakrefable"] = True
                weak[0].append(number)
                weak[1].append(place + 1)
                weak[2].append(1 if _CALLBACK(each) is not None else 0)
                target = None
        roots = self._known_roots()
        hidden = [self.hidden.get(number, ()) for number in range(count)]
        flat = [part for parts in hidden for part in parts]
        columns = [
            ("type", "varint", rows),
            ("flags", "u8", flags),
            ("gen", "u8", gens),
            ("refcount", "varint", self.refcounts),
            ("external", "zigzag", self.external),
            ("size", "varint", sizes),
            ("header", "u8", headers),
            ("nrefs", "varint", self.nrefs),
            ("refs", "refs", self.refs),
            ("nhidden", "varint", [len(parts) for parts in hidden]),
            ("hidden", "refs", flat),
            ("weak.ref", "delta", weak[0]),
            ("weak.target", "varint", weak[1]),
            ("weak.callback", "u8", weak[2]),
            ("roots", "delta", [number for number, _ in roots]),
            ("names.text", "u8", "\n".join(self.names.texts).encode()),
            ("names", "varint", self.names.numbers),
        ]
        sections, body = [], []
        for column, encoding, values in columns:
            data = _ENCODERS[encoding](values)
            sections.append(
                {"name": column, "encoding": encoding, "count": len(values), "bytes": len(data)}
            )
            body.append(data)
        header = {
            "format": "hgraph",
            "version": 1,
            "name": name,
            "description": "recorded from inside: external counts are unexplained, not roots"
            + (f"; {self.raised} counts raised" if self.raised else ""),
            "source": "ouro_record.py, CPython " + sys.version.split()[0],
            "objects": count,
            "refs": len(self.refs),
            "hidden_refs": len(flat),
            "generation_sizes": self.sizes,
            "gc_count": list(gc.get_count()),
            "gc_threshold": list(gc.get_threshold()),
            "types": self.types,
            "hubs": [],
            "steps": [],
            "sections": sections,
            "root_names": [label for _, label in roots],
        }
        text = json.dumps(header).encode()
        return b"HGRAPH01" + len(text).to_bytes(4, "little") + text + b"".join(body)

    def _known_roots(self):
        """Numbers and names, ascending; only what something outside holds."""
        names = {}
        for label, root in self.roots:
            number = self.index.get(id(root))
            if number is not None and self.external[number] > 0:
                names.setdefault(number, label)
        return sorted(names.items())


class _SlotNames:
    """What references are called: for each the number of a text from 1 on, or 0.

    Values are compared by identity with what an object refers to, so that a name is right or
    missing: keys of dicts by their place, slots of classes and members of built-in types by their
    descriptors, attributes by asking `object` itself for those that code mentions.
    """

    def __init__(self, heap, code):
        self.texts = []
        self.places = {}
        self.text_bytes = 0
        self.namespaces = set()
        self.getters = {}
        self.searches = {}
        self.mentioned = None
        self.codes = [o for o in heap.objects if type(o) is types.CodeType]
        self.codes += [root.f_code for _, root in heap.roots if type(root) is types.FrameType]
        self.codes += [code] if code is not None else []
        self.numbers = array.array("q", bytes(8 * len(heap.refs)))
        dicts, start = [], 0
        for number, each in enumerate(heap.objects):
            count = heap.nrefs[number]
            if count > 0 and type(each) is dict:
                dicts.append((each, start, count))
            elif count > 0 and type(each) not in _PLACES:
                self._name(each, start, count, heap.index)
            start += count
        # Which dicts are namespaces is known by now.
        for each, start, count in dicts:
            self._name(each, start, count, heap.index)

    def _name(self, each, start, count, index):
        referents = [o for o in gc.get_referents(each) if id(o) in index]
        if len(referents) != count:
            return
        names = [None] * count
        if issubclass(type(each), dict):
            _name_items(each, referents, names, id(each) in self.namespaces)
        elif issubclass(type(each), (list, tuple)):
            _name_elements(each, referents, names)
        if type(each) is not dict:
            self._name_attributes(each, referents, names)
        for place, name in enumerate(names):
            if name is not None:
                self.numbers[start + place] = self._number(name)

    def _number(self, name):
        number = self.places.get(name)
        if number is None:
            data = name.encode("utf-8", "replace")
            self.text_bytes += len(data) + 1
            is_plain = bool(data) and not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in name)
            number = 0
            if is_plain and self.text_bytes <= NAMES_BYTES:
                self.texts.append(data.decode())
                number = len(self.texts)
            self.places[name] = number
        return number

    def _name_attributes(self, each, referents, names):
        kind = type(each)
        self._match(self._getters(kind), each, referents, names)
        if issubclass(type(each), type):
            for holder in gc.get_referents(type.__dict__["__dict__"].__get__(each)):
                self._name_namespace(holder, referents, names)
        elif issubclass(type(each), types.ModuleType):
            own = types.ModuleType.__dict__["__dict__"].__get__(each)
            self._name_namespace(own, referents, names)
        elif kind.__dictoffset__ != 0 and not issubclass(type(each), types.FunctionType):
            self._name_own_dict(each, referents, names)
            rest = [o for o, name in zip(referents, names) if name is None and o is not kind]
            if rest and self.searches.get(id(kind), 0) < SEARCHES:
                self.searches[id(kind)] = self.searches.get(id(kind), 0) + 1
                found = [pair for pair in self._mentioned(kind) if _is_any(pair[1], each, rest)]
                self.getters[id(kind)] += found
                self._match(found, each, referents, names)

    def _match(self, getters, each, referents, names):
        by_id = {}
        for name, get in getters:
            try:
                by_id.setdefault(id(get(each)), []).append(name)
            except AttributeError:
                continue
        for place, other in enumerate(referents):
            known = by_id.get(id(other))
            if known and names[place] is None:
                names[place] = known.pop(0) if len(known) > 1 else known[0]

    def _name_namespace(self, own, referents, names):
        for place, other in enumerate(referents):
            if other is own and names[place] is None:
                names[place] = "__dict__"
                self.namespaces.add(id(own))

    def _name_own_dict(self, each, referents, names):
        """A dict whose first entry is an attribute of the object is its `__dict__`."""
        for place, other in enumerate(referents):
            if type(other) is not dict or names[place] is not None:
                continue
            for key, value in other.items():
                if type(key) is str and not _is_of_class(type(each), key):
                    if _is_any(_attribute(key), each, (value,)):
                        self._name_namespace(other, referents, names)
                    break

    def _getters(self, kind):
        """Pairs of a name and what gets it; those of a class are found once."""
        found = self.getters.get(id(kind))
        if found is None:
            found = self.getters[id(kind)] = []
            for base in kind.__mro__:
                own = vars(base)
                wanted = _MEMBERS.get(base, ())
                for name, member in list(own.items()):
                    is_slot = type(member) is types.MemberDescriptorType and "__slots__" in own
                    if is_slot or name in wanted:
                        found.append((name, member.__get__))
            if kind.__dictoffset__ != 0:
                names = dict.fromkeys(_names_in_class(kind))
                found += [(n, _attribute(n)) for n in names if not _is_of_class(kind, n)]
        return found

    def _mentioned(self, kind):
        """Attributes that any code mentions, as of instances of a class."""
        if self.mentioned is None:
            self.mentioned = list(dict.fromkeys(n for c in self.codes for n in c.co_names))
        return [(n, _attribute(n)) for n in self.mentioned if not _is_of_class(kind, n)]


NAMES_BYTES = 1 << 22
NAME_LENGTH = 60
SEARCHES = 2
# Readers know what these are called from the place alone.
_PLACES = (list, tuple, set, frozenset, types.CellType, types.MethodType)
_MEMBERS = {
    types.FunctionType: (
        *("__code__", "__globals__", "__builtins__", "__closure__", "__defaults__"),
        *("__kwdefaults__", "__doc__", "__module__", "__name__", "__qualname__"),
    ),
    type: ("__mro__", "__bases__", "__base__"),
    property: ("fget", "fset", "fdel"),
    types.TracebackType: ("tb_frame", "tb_next"),
}


def _name_items(each, referents, names, is_namespace):
    """Values stand last, or each before its key."""
    keys, values = list(dict.keys(each)), list(dict.values(each))
    for step in (2, 1):
        first = len(referents) - step * len(keys)
        if first < 0 or not all(map(_is, referents[first::step], values)):
            continue
        for place, key in enumerate(keys):
            names[first + step * place] = _key_name(key, is_namespace)
        return


def _name_elements(each, referents, names):
    """Of classes made of list and tuple: from the last to the first, after all else."""
    base = list if issubclass(type(each), list) else tuple
    elements = list(base.__iter__(each))
    first = len(referents) - len(elements)
    if first < 0 or not all(map(_is, referents[first:], reversed(elements))):
        return
    fields = next((vars(b)["_fields"] for b in type(each).__mro__ if "_fields" in vars(b)), None)
    is_named = type(fields) is tuple and len(fields) == len(elements)
    for place in range(len(elements)):
        at = len(elements) - 1 - place
        name = fields[at] if is_named and type(fields[at]) is str else f"[{at}]"
        names[first + place] = name


def _is(one, other):
    return one is other


def _key_name(key, is_namespace):
    if is_namespace and type(key) is str and key.isidentifier() and len(key) <= NAME_LENGTH:
        return key
    if type(key) not in (str, bytes, int, bool, type(None)):
        return None
    if type(key) is int and not -(1 << 64) < key < 1 << 64:
        return None
    if type(key) in (str, bytes) and len(key) > NAME_LENGTH:
        return f"[{key[:NAME_LENGTH]!r}...]"
    return f"[{key!r}]"


def _attribute(name):
    """Asks the object alone: no `__getattr__`, and only names that its class does not have."""
    return lambda each: object.__getattribute__(each, name)


def _is_any(get, each, others):
    try:
        found = get(each)
    except AttributeError:
        return False
    return any(found is other for other in others)


def _is_of_class(kind, name):
    return any(name in vars(base) for base in kind.__mro__)


def _names_in_class(kind):
    """Attributes that a class and its methods mention."""
    for base in kind.__mro__:
        for name, value in list(vars(base).items()):
            if type(value) is types.FunctionType:
                yield from value.__code__.co_names
            elif name == "__static_attributes__" and type(value) is tuple:
                yield from (each for each in value if type(each) is str)
            elif name == "__annotations__" and type(value) is dict:
                yield from (each for each in value if type(each) is str)


_WITH_OWN_DICT = (type, types.ModuleType, types.FunctionType)
_CALLBACK = weakref.ReferenceType.__dict__["__callback__"].__get__
_CLOSING = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
_BUILT_IN = (types.MethodDescriptorType, types.WrapperDescriptorType)


def _find_roots(frame):
    """What is known to be a root: pairs of a name and an object."""
    roots = [("sys.modules", sys.modules)]
    threads = sys._current_frames()
    for thread, top in threads.items():
        at = frame if _is_above(frame, top) else top
        while at is not None:
            code = at.f_code
            if code.co_filename == _is_above.__code__.co_filename:
                at = at.f_back
                continue
            where = f"{code.co_name} ({os.path.basename(code.co_filename)}:{at.f_lineno})"
            roots.append((f"frame of {where}", at))
            if at.f_locals is not at.f_globals:
                for name, value in list(at.f_locals.items()):
                    roots.append((f"local {name} of {where}", value))
            at = at.f_back
    return roots


def _is_above(frame, top):
    while top is not None and top is not frame:
        top = top.f_back
    return top is frame


def _parts(each):
    """What an object owns and traversal does not show, as far as Python can see it."""
    if type(each) is dict:
        if not each or not all(type(key) is str for key in each):
            return []
        return list(each) if len(gc.get_referents(each)) == len(each) else []
    if type(each) is types.CodeType:
        parts = [getattr(each, name, None) for name in CODE_PARTS]
        return [part for part in parts if part is not None]
    return []


def _is_collected(each, kind):
    if not kind.__flags__ & HAVE_GC:
        return False
    return not issubclass(type(each), type) or bool(each.__flags__ & HEAP_TYPE)


def _sizer(kind):
    """Asks the built-in method, so that no program code runs."""
    for base in kind.__mro__:
        found = vars(base).get("__sizeof__")
        if type(found) in _BUILT_IN:
            return found
    return object.__sizeof__


def _varint(values):
    out = bytearray()
    for value in values:
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        out.append(value)
    return bytes(out)


def _zigzag(values):
    return _varint(value * 2 if value >= 0 else -value * 2 - 1 for value in values)


def _differences(values):
    last = 0
    for value in values:
        yield value - last
        last = value


def _delta(values):
    return _zigzag(_differences(values))


def _refs(values):
    return _varint(2 * (d * 2 if d >= 0 else -d * 2 - 1) for d in _differences(values))


_ENCODERS = {"u8": bytes, "varint": _varint, "zigzag": _zigzag, "delta": _delta, "refs": _refs}


def _run(arguments, path):
    """Runs a script or module as `python3` would, in a module that stays."""
    module = types.ModuleType("__main__")
    if arguments[0] == "-m":
        import importlib.util

        spec = importlib.util.find_spec(arguments[1])
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(arguments[1] + ".__main__")
        if spec is None or spec.loader is None:
            sys.exit(f"ouro_record.py: no module named {arguments[1]}")
        code = spec.loader.get_code(spec.name)
        module.__spec__ = spec
        module.__file__ = spec.origin
        module.__package__ = spec.parent
        sys.argv = [spec.origin] + arguments[2:]
    else:
        script = arguments[0]
        try:
            with open(script, "rb") as source:
                code = compile(source.read(), script, "exec")
        except OSError as error:
            sys.exit(f"ouro_record.py: {script} cannot be read: {error.strerror}")
        module.__file__ = script
        sys.argv = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(script))
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    status = 0
    try:
        exec(code, module.__dict__)
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
    except BaseException:
        import traceback

        traceback.print_exc()
        status = 1
    count = record(path, code=code)
    print(f"ouro_record.py: wrote {path}, {count} objects", file=sys.stderr)
    return status


def _on_signal(path):
    import signal

    state = {"count": 0}

    def dump(_number, _frame):
        state["count"] += 1
        stem = path[: -len(".hgraph.gz")] if path.endswith(".hgraph.gz") else path
        record(f"{stem}-{state['count']}.hgraph.gz", skip_frames=1)

    signal.signal(signal.SIGUSR1, dump)


def _main():
    arguments = sys.argv[1:]
    path = "heap.hgraph.gz"
    while arguments and arguments[0] in ("-o", "--signal", "-h", "--help"):
        option = arguments.pop(0)
        if option == "-o" and arguments:
            path = arguments.pop(0)
        elif option == "--signal":
            _on_signal(path)
        else:
            print(__doc__)
            return 0
    if not arguments or arguments == ["-m"]:
        print("ouro_record.py: name a script, or -m MODULE; see --help", file=sys.stderr)
        return 2
    if sys.version_info < (3, 9):
        print("ouro_record.py: needs CPython 3.9 or newer", file=sys.stderr)
        return 2
    return _run(arguments, path)


if __name__ == "__main__":
    sys.exit(_main())
