# Runs the loops of loops.c inside CPython, over its object allocator, holding the interpreter's lock.
# usage: pymalloc.py LIBRARY PEER LOOP ARGUMENT...
import ctypes
import sys

library = ctypes.PyDLL(sys.argv[1])
arguments = [argument.encode() for argument in ["loops"] + sys.argv[2:]]
sys.exit(library.run(len(arguments), (ctypes.c_char_p * len(arguments))(*arguments)))
