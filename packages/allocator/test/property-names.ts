// What an allocator promises, in the words of the test report and of docs/fault-matrix.md.

export const PLACEMENT = "gives blocks that are aligned, large enough and never overlap";
export const CONTENTS = "keeps the contents of a block until it is freed";
export const REALLOCATION = "keeps the first bytes on reallocation and leaks nothing";
export const ZEROING = "fills zeroed blocks with zeros";
export const ACCOUNTING = "accounts for every byte that it was lent";
export const WALK = "walks exactly the live blocks in address order";
export const REFUSALS = "refuses foreign, interior and double frees and changes nothing";
export const ALIASING = "never gives memory twice, whatever was freed wrongly";
export const OVERRUN = "notices a header that a write past a block's end changed";
export const SOUND = "stays sound after each command";
export const MEMORY = "loses nothing when memory runs out at any allocation";
export const RELEASE = "gives back every arena but the kept one when all is freed";
