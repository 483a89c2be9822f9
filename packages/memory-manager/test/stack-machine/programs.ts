// What the stack machine runs, and what each program prints.

export interface MachineProgram {
  readonly name: string;
  readonly source: string;
  readonly prints: readonly string[];
}

const fib = `
  function main 0 0
    close fib 0
    push 12
    call 1
    print
    none
    return
  function fib 1 0
    local 0
    push 2
    less
    unless recur
    local 0
    return
  recur:
    self
    local 0
    push -1
    add
    call 1
    self
    local 0
    push -2
    add
    call 1
    add
    return
`;

const lists = `
  function main 0 2
    push 150
    store 1
  build:
    local 1
    unless built
    local 1
    local 0
    pair
    store 0
    local 1
    push -1
    add
    store 1
    jump build
  built:
    close reverse 0
    local 0
    call 1
    store 0
    local 0
    head
    print
    close sum 0
    local 0
    call 1
    print
    close map 0
    close scale 0
    push 10
    call 1
    none
    push 1
    push 2
    push 3
    none
    pair
    pair
    pair
    store 0
    drop
    local 0
    call 2
    print
    none
    return
  function reverse 1 1
  more:
    local 0
    empty
    unless step
    local 1
    return
  step:
    local 0
    head
    local 1
    pair
    store 1
    local 0
    tail
    store 0
    jump more
  function sum 1 1
    push 0
    store 1
  next:
    local 0
    empty
    unless add
    local 1
    return
  add:
    local 1
    local 0
    head
    push 1000
    less
    add
    store 1
    local 0
    tail
    store 0
    jump next
  function scale 1 0
    local 0
    close scaled 1
    return
  function scaled 1 0
    captured 0
    local 0
    add
    return
  function map 2 0
    local 1
    empty
    unless apply
    none
    return
  apply:
    local 0
    local 1
    head
    call 1
    self
    local 0
    local 1
    tail
    call 2
    pair
    return
`;

const arrays = `
  function main 0 2
    push 0
    array
    store 0
    push 100
    store 1
  grow:
    local 1
    unless grown
    local 0
    push 1
    array
    push 0
    local 1
    put
    append
    store 0
    local 1
    push -1
    add
    store 1
    jump grow
  grown:
    local 0
    length
    print
    local 0
    push 99
    at
    print
    push 100
    store 1
  rings:
    local 1
    unless done
    push 2
    array
    store 0
    local 0
    push 1
    local 0
    put
    drop
    local 1
    push -1
    add
    store 1
    jump rings
  done:
    push 3
    array
    push 0
    text "one word"
    put
    push 2
    push 7
    none
    pair
    put
    print
    none
    return
`;

/** What is asked of an object that nothing but the operand holds. */
const temporaries = `
  function main 0 0
    push 1
    push 2
    pair
    none
    pair
    head
    print
    none
    push 3
    push 4
    pair
    pair
    tail
    print
    push 1
    array
    push 0
    push 5
    push 6
    pair
    put
    push 0
    at
    print
    none
    return
`;

export const programs: readonly MachineProgram[] = [
  { name: "fib", source: fib, prints: ["144"] },
  { name: "lists and closures", source: lists, prints: ["150", "150", "(11 (12 (13 none)))"] },
  {
    name: "arrays, rings and texts",
    source: arrays,
    prints: ["100", "1", "[one word none (7 none)]"],
  },
  { name: "temporaries", source: temporaries, prints: ["(1 2)", "(3 4)", "(5 6)"] },
];
