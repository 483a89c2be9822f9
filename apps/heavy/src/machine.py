"""The machine of random mutator programs, in Python. ouro-machine.ts is the same, on Ouro.

A program is {"codes": [[op, ...], ...], "steps": [op, ...]}; an op is a list, its name first (see
machine-program.ts). Six roots hold objects; `held` holds the operands of the operations that are
under way, so that both machines hold the same references at any moment. Neither list is watched by
the collector: what they hold has references from outside, as what roots hold has on Ouro.

Objects are known by serial numbers in the order of their births. A side table knows them by their
addresses and owns no reference. Nothing is printed: what happens goes into `log`, line by line.
"""

import ctypes
import gc
import json
import sys
import weakref

ROOT_COUNT = 6
NONE = -9
SELF = -1
DEPTH_LIMIT = 6
CODE_LIMIT = 60

untrack = ctypes.pythonapi.PyObject_GC_UnTrack
untrack.argtypes = [ctypes.py_object]
untrack.restype = None

roots = [None] * ROOT_COUNT
held = [None] * 256
untrack(roots)
untrack(held)
top = 0
log = []
serials = {}
kinds = []
sizes = []
finalizers = []
calls = []
codes = []
depth = 0
codes_left = 0
collections = 0
has_frozen = False


class ProgramError(Exception):
    pass


def finalize(self):
    serial = serials[id(self)]
    log.append(f"finalizer {serial}")
    run_code(finalizers[serial], self)


class Instance:
    pass


class FinalizedInstance:
    __del__ = finalize


class Slots:
    __slots__ = ("s0", "s1", "s2", "s3", "__weakref__")


class FinalizedSlots:
    __slots__ = ("s0", "s1", "s2", "s3", "__weakref__")
    __del__ = finalize


def call_object(self, weak):
    serial = serials[id(self)]
    log.append(f"call {serial} {serials[id(weak)]}")
    run_code(calls[serial], self)


class Function:
    __slots__ = ("s0", "s1", "s2", "s3", "__weakref__")
    __call__ = call_object


class FinalizedFunction:
    __slots__ = ("s0", "s1", "s2", "s3", "__weakref__")
    __del__ = finalize
    __call__ = call_object


class ListKind(list):
    __slots__ = ("__weakref__",)


class FinalizedListKind(list):
    __slots__ = ("__weakref__",)
    __del__ = finalize


class DictKind(dict):
    __slots__ = ("__weakref__",)


class FinalizedDictKind(dict):
    __slots__ = ("__weakref__",)
    __del__ = finalize


NAMES = ("s0", "s1", "s2", "s3")
CLASSES = {
    "instance": (Instance, FinalizedInstance),
    "slots": (Slots, FinalizedSlots),
    "function": (Function, FinalizedFunction),
    "sublist": (ListKind, FinalizedListKind),
    "subdict": (DictKind, FinalizedDictKind),
    "list": (list, list),
    "dict": (dict, dict),
    "atom": (object, object),
}
WITH_NAMES = ("instance", "slots", "function")
LISTS = ("list", "sublist")
DICTS = ("dict", "subdict")
OWN_CLASSES = frozenset(
    each for name, pair in CLASSES.items() if name not in ("list", "dict", "atom") for each in pair
)


def call_back(weak):
    serial = serials[id(weak)]
    log.append(f"callback {serial}")
    run_code(calls[serial], weak)


def run_code(code, self):
    """Runs the code of a finalizer or callback, unless enough of it has run."""
    global depth, codes_left, top
    if code < 0 or codes_left == 0 or depth == DEPTH_LIMIT:
        return
    codes_left -= 1
    depth += 1
    me = top
    held[me] = self
    top = me + 1
    try:
        for op in codes[code]:
            perform[op[0]](op, me)
    finally:
        held[me] = None
        top = me
        depth -= 1


def unraisable(info):
    log.append(f"unraisable {info.exc_type.__name__}")


def hold(operand, me):
    """Holds what an operand names; answers where."""
    global top
    at = top
    if operand == SELF:
        held[at] = held[me] if me >= 0 else None
    elif operand != NONE:
        held[at] = roots[operand]
    top = at + 1
    return at


def let_go(base):
    """Releases what is held from `base` on, the last first."""
    global top
    for at in range(top - 1, base - 1, -1):
        held[at] = None
    top = base


def serial_of(at):
    return -1 if held[at] is None else serials[id(held[at])]


def register(at, kind, size, finalizer, call):
    serials[id(held[at])] = len(kinds)
    kinds.append(kind)
    sizes.append(size)
    finalizers.append(finalizer)
    calls.append(call)


def get(at, slot):
    """What a slot holds; None for what has no slots."""
    if held[at] is None:
        return None
    serial = serials[id(held[at])]
    kind = kinds[serial]
    if sizes[serial] == 0:
        return None
    slot %= sizes[serial]
    if kind in WITH_NAMES:
        return getattr(held[at], NAMES[slot], None)
    if kind in DICTS:
        return held[at].get(slot)
    return held[at][slot] if slot < len(held[at]) else None


def put(at, slot, value):
    """Stores what is held at `value` into a slot of what is held at `at`."""
    if held[at] is None:
        return
    serial = serials[id(held[at])]
    kind = kinds[serial]
    if sizes[serial] == 0 or kind == "tuple":
        return
    slot %= sizes[serial]
    if kind in WITH_NAMES:
        setattr(held[at], NAMES[slot], held[value])
    elif kind in LISTS:
        while len(held[at]) <= slot:
            held[at].append(None)
        held[at][slot] = held[value]
    elif held[value] is not None:
        held[at][slot] = held[value]
    elif slot in held[at]:
        del held[at][slot]


def op_new(op, me):
    _, into, kind, size, finalizer, call = op
    at = hold(NONE, me)
    held[at] = CLASSES[kind][finalizer >= 0]()
    register(at, kind, size, finalizer, call)
    if kind in WITH_NAMES:
        for name in NAMES[:size]:
            setattr(held[at], name, None)
    elif kind in LISTS:
        held[at].extend([None] * size)
    roots[into] = held[at]
    let_go(at)


def op_tuple(op, me):
    base = top
    for operand in op[2:]:
        hold(operand, me)
    at = hold(NONE, me)
    held[at] = tuple(held[base:at])
    register(at, "tuple", at - base, -1, -1)
    roots[op[1]] = held[at]
    let_go(base)


def op_set(op, me):
    at = hold(op[1], me)
    put(at, op[2], hold(op[3], me))
    let_go(at)


def op_load(op, me):
    at = hold(op[2], me)
    value = hold(NONE, me)
    held[value] = get(at, op[3])
    roots[op[1]] = held[value]
    let_go(at)


def op_copy(op, me):
    at = hold(op[2], me)
    roots[op[1]] = held[at]
    let_go(at)


def is_referable(at):
    return held[at] is not None and type(held[at]) in OWN_CLASSES


def op_weak(op, me):
    """A weak reference, its callback none (NONE) or one that runs a code."""
    _, into, operand, call = op
    at = hold(operand, me)
    if is_referable(at):
        count = weakref.getweakrefcount(held[at])
        weak = hold(NONE, me)
        held[weak] = weakref.ref(held[at], None if call == NONE else call_back)
        if weakref.getweakrefcount(held[at]) != count:
            register(weak, "weak", 0, -1, call)
        roots[into] = held[weak]
    let_go(at)


def op_weak_call(op, me):
    """A weak reference that calls an object."""
    _, into, operand, callable_operand = op
    at = hold(operand, me)
    called = hold(callable_operand, me)
    if is_referable(at) and isinstance(held[called], (Function, FinalizedFunction)):
        weak = hold(NONE, me)
        held[weak] = weakref.ref(held[at], held[called])
        register(weak, "weak", 0, -1, -1)
        roots[into] = held[weak]
    let_go(at)


def op_deref(op, me):
    at = hold(op[2], me)
    if isinstance(held[at], weakref.ref):
        target = hold(NONE, me)
        held[target] = held[at]()
        log.append(f"deref {serial_of(target)}")
        roots[op[1]] = held[target]
    let_go(at)


def op_collect(op, me):
    global collections
    collections += 1
    result = gc.collect(op[1])
    collections -= 1
    log.append(f"collect {op[1]} = {result}")


def serials_in(objects):
    return " ".join([str(serials[each]) for each in [id(each) for each in objects] if each in serials])


def op_referents(op, me):
    at = hold(op[1], me)
    if held[at] is not None:
        log.append(f"referents {serial_of(at)} = {serials_in(gc.get_referents(held[at]))}")
    let_go(at)


def op_weak_references(op, me):
    at = hold(op[1], me)
    if is_referable(at):
        log.append(f"weak references {serial_of(at)} = {serials_in(weakref.getweakrefs(held[at]))}")
    let_go(at)


def op_ask(op, me):
    at = hold(op[1], me)
    if held[at] is not None:
        tracked = gc.is_tracked(held[at])
        finalized = gc.is_finalized(held[at])
        log.append(f"ask {serial_of(at)} = {int(tracked)}{int(finalized)}")
    let_go(at)


def op_objects(op, me):
    """Objects of classes that only programs use, in list order; not in the middle of a collection."""
    if collections == 0:
        found = [each for each in gc.get_objects(op[1]) if type(each) in OWN_CLASSES]
        log.append(f"objects {op[1]} = {serials_in(found)}")
        del found


def op_freeze(op, me):
    global has_frozen
    has_frozen = True
    gc.freeze()


def op_unfreeze(op, me):
    gc.unfreeze()


def op_throw(op, me):
    if depth > 0:
        raise ProgramError


perform = {
    "new": op_new,
    "tuple": op_tuple,
    "set": op_set,
    "load": op_load,
    "copy": op_copy,
    "weak": op_weak,
    "weak call": op_weak_call,
    "deref": op_deref,
    "collect": op_collect,
    "referents": op_referents,
    "weak references": op_weak_references,
    "ask": op_ask,
    "objects": op_objects,
    "freeze": op_freeze,
    "unfreeze": op_unfreeze,
    "throw": op_throw,
}


def content(each, serial):
    kind = kinds[serial]
    size = sizes[serial]
    if kind in WITH_NAMES:
        return [getattr(each, NAMES[slot], None) for slot in range(size)]
    if kind in DICTS:
        return [each.get(slot) for slot in range(size)]
    if kind == "atom":
        return ()
    if kind == "weak":
        return (each(),)
    return [each[slot] if slot < len(each) else None for slot in range(size)]


def census():
    """All that roots reach: serial, references, t(racked), f(inalized), what the slots hold."""
    found = []
    seen = {-1}
    parts = []
    for each in roots:
        if each is not None and serials[id(each)] not in seen:
            seen.add(serials[id(each)])
            found.append(each)
    each = None
    at = 0
    while at < len(found):
        serial = serials[id(found[at])]
        count = sys.getrefcount(found[at]) - 2
        tracked = "t" if gc.is_tracked(found[at]) else ""
        finalized = "f" if gc.is_finalized(found[at]) else ""
        slots = []
        is_weak = kinds[serial] == "weak"
        for value in content(found[at], serial):
            number = -1 if value is None else serials[id(value)]
            slots.append("-" if number < 0 else str(number))
            if number not in seen and not is_weak:
                seen.add(number)
                found.append(value)
        value = None
        parts.append(f"{serial}:{count}{tracked}{finalized}[{','.join(slots)}]")
        at += 1
    held_by_roots = [-1 if each is None else serials[id(each)] for each in roots]
    return f"roots {held_by_roots} {' '.join(parts)}"


def drop_all():
    for at in range(ROOT_COUNT):
        roots[at] = None
    op_collect(("collect", 2), -1)


def run_program(program):
    """Answers what was seen: for each step its lines, the last of them the census."""
    global log, codes, codes_left, has_frozen
    gc.freeze()
    has_frozen = False
    serials.clear()
    for table in (kinds, sizes, finalizers, calls):
        table.clear()
    codes = program["codes"]
    codes_left = CODE_LIMIT
    seen = []
    for op in program["steps"]:
        log = []
        perform[op[0]](op, -1)
        log.append(census())
        seen.append(log)
    log = []
    drop_all()
    drop_all()
    codes_left = 0
    if has_frozen:
        gc.unfreeze()
    drop_all()
    seen.append(log)
    return seen


def run_programs(text):
    return json.dumps([run_program(program) for program in json.loads(text)])


def settle():
    """The interpreter's own garbage goes, so that no program's collection counts it."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


# A class expects of its instances the attributes of the first thirty or so; what has another one
# gets a dict, an object of its own. These show all of them before any program does.
FIRST_INSTANCES = {
    "codes": [[]],
    "steps": [("new", 0, "instance", 4, NONE, NONE), ("new", 1, "instance", 4, 0, NONE)],
}


def begin():
    sys.unraisablehook = unraisable
    gc.disable()
    run_program(FIRST_INSTANCES)
    settle()
