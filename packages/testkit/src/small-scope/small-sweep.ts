// Plays the cases of a scope, or of a part of it. What fails is answered as a case that fails on a
// fresh subject, with no more cases before it than that needs; where it needs none, it is the one
// of the fewest objects, and of those one of the shortest lists.

import { type ManagerMaker, makeUnobserved } from "../manager-subject.js";
import type { SuiteOptions, Sweep } from "../suite.js";
import type { PlayableCase, SmallCase } from "./small-case.js";
import { type Branch, type ScopeOptions, visitCases } from "./small-cases.js";
import { collectionsOf, createSmallRunner } from "./small-runner.js";
import { historiesOf } from "./start-heap.js";

/** Then a subject is made anew: what broke long ago is found again among so many cases. */
const CASES_PER_SUBJECT = 20_000;
/** Or when so much garbage stays that nobody collects. */
const LEFT_LIMIT_COUNT = 20_000;

type Check = (small: SmallCase, maker: ManagerMaker) => void;

export function sweepCases(
  branchesOf: (options: ScopeOptions) => Branch[],
  maker: ManagerMaker,
  check: Check,
  options: SuiteOptions & { readonly scopeStride: number },
): Sweep<SmallCase> {
  const { scopeStride: stride, seed = 1, scopePart: part, onScopeProgress } = options;
  const { collector } = makeUnobserved(maker);
  const collections = collectionsOf(collector);
  const histories = historiesOf(collector.traits, collector.oldestGeneration);
  const scope = { collections, histories, stride, seed: Math.abs(seed) };
  let runner = createSmallRunner(makeUnobserved(maker));
  let sinceFreshCount = 0;
  let programCount = 0;
  let commandCount = 0;

  function playNext(small: PlayableCase): void {
    if (sinceFreshCount >= CASES_PER_SUBJECT || runner.leftCount > LEFT_LIMIT_COUNT) {
      runner.audit();
      runner = createSmallRunner(makeUnobserved(maker));
      sinceFreshCount = 0;
    }
    runner.play(small);
    sinceFreshCount++;
    programCount++;
    commandCount += small.letters.length;
  }

  function ownBranches(): Branch[] {
    const branches = branchesOf(scope);
    if (part === undefined) return branches;
    return branches.filter((_, index) => index % part.count === part.index);
  }

  /** What the subject that failed had played, the case that failed last. */
  function lastPlayed(): SmallCase[] {
    const lastIndex = programCount;
    const played: SmallCase[] = [];
    let index = 0;
    for (const branch of ownBranches()) {
      visitCases(branch, ({ rootCount, start, letters }) => {
        const isPlayed = index >= lastIndex - sinceFreshCount && index <= lastIndex;
        if (isPlayed) played.push({ rootCount, start, letters: [...letters] });
        index++;
      });
      if (index > lastIndex) break;
    }
    return played;
  }

  try {
    const branches = ownBranches();
    for (const [doneCount, branch] of branches.entries()) {
      onScopeProgress?.({ doneCount, branchCount: branches.length, programCount });
      visitCases(branch, playNext);
    }
    runner.audit();
  } catch (error) {
    const played = lastPlayed();
    const small = played.pop() as SmallCase;
    const found = findAgain(small, played, maker, check);
    const program =
      found.before === undefined ? shortest(found, ownBranches(), maker, check) : found;
    const reason = reasonFor(() => check(program, maker)) ?? reasonOf(error);
    return { programCount, commandCount, stride, part, failure: { program, reason } };
  }
  return { programCount, commandCount, stride, part };
}

/** The case with as few before it as show the failure on a fresh subject. */
function findAgain(
  small: SmallCase,
  played: readonly SmallCase[],
  maker: ManagerMaker,
  check: Check,
): SmallCase {
  for (let count = 0; ; count = Math.max(1, 2 * count)) {
    const before = count === 0 ? [] : played.slice(-count);
    const program = before.length === 0 ? small : { ...small, before };
    const isAgain = reasonFor(() => check(program, maker)) !== undefined;
    if (isAgain || count >= played.length) return program;
  }
}

/** So many are tried out for a smaller case; it is a matter of a second. */
const SMALLER_LIMIT_COUNT = 100_000;

/** The first of the shortest lists that fail, from a heap of as many objects or fewer. */
function shortest(
  small: SmallCase,
  branches: readonly Branch[],
  maker: ManagerMaker,
  check: Check,
): SmallCase {
  let runner = createSmallRunner(makeUnobserved(maker));
  let found: SmallCase | undefined;
  let triedCount = 0;

  function tryOut(each: PlayableCase): void {
    triedCount++;
    if (reasonFor(() => runner.play(each)) === undefined) return;
    runner = createSmallRunner(makeUnobserved(maker));
    const { rootCount, start, letters } = each;
    const program = { rootCount, start, letters: [...letters] };
    if (reasonFor(() => check(program, maker)) !== undefined) found = program;
  }

  for (let length = 0; length < small.letters.length; length++) {
    for (const { first, tree, letterLimit } of branches) {
      if (first.start.slots.length > small.start.slots.length) continue;
      if (first.letters.length > length || letterLimit < length) continue;
      // A share of the lists is not enough here.
      const whole = { ...tree, strideOfLength: 1 };
      visitCases({ first, tree: whole, letterLimit: length }, (each) => {
        const isNext = found === undefined && triedCount < SMALLER_LIMIT_COUNT;
        if (isNext && each.letters.length === length) tryOut(each);
      });
      if (found !== undefined || triedCount === SMALLER_LIMIT_COUNT) return found ?? small;
    }
  }
  return small;
}

function reasonFor(call: () => void): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
