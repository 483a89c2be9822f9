// One fault held against the properties of a section: what each of them says.

import { root } from "../workspace.ts";
import type { EditedSources } from "./edit-sources.ts";
import type { NamedProperty, Trial, TrialOutcome } from "./trial.ts";
import { openTrial, toUrls } from "./trial.ts";

export interface Verdict {
  readonly property: string;
  readonly on: string | undefined;
  readonly isNamed: boolean;
  /** One for each seed that it was asked with. */
  readonly outcomes: readonly (TrialOutcome & { readonly seed: number })[];
}

export interface Holding {
  /** Why nothing could be asked. */
  readonly problem: string | undefined;
  readonly meetsEdits: boolean;
  /** All that the section has, asked or not. */
  readonly properties: readonly NamedProperty[];
  readonly verdicts: readonly Verdict[];
}

export interface HoldOptions {
  readonly seeds: readonly number[];
  readonly propertiesModule: string;
  isAsked(property: NamedProperty): boolean;
  /** Named ones are asked with every seed, the others with the first. */
  isNamed(property: NamedProperty): boolean;
  /** Whether inputs are made small, for people. */
  readonly shrinks: boolean;
  /** Hears each verdict when it is there. */
  onVerdict?(verdict: Verdict): void;
}

/** So long a property may take, named for the fault or not, before its thread is ended. */
const NAMED_LIMIT_MILLISECONDS = 120_000;
const OTHER_LIMIT_MILLISECONDS = 20_000;
/** Properties that are not named for a fault show whether they see it at all. */
export const OTHER_PROGRAM_COUNT = 20;

export async function hold(sources: EditedSources, options: HoldOptions): Promise<Holding> {
  const { propertiesModule, seeds, isAsked, isNamed } = options;
  const edits = toUrls(sources, root);
  const trial = await openTrial({ edits, propertiesModule });
  const { problem, meetsEdits } = trial;
  const verdicts: Verdict[] = [];
  try {
    if (problem === undefined && (meetsEdits || sources.size === 0)) {
      for (const [index, property] of trial.properties.entries()) {
        if (!isAsked(property)) continue;
        const named = isNamed(property);
        const outcomes = await askAll(trial, index, named ? seeds : seeds.slice(0, 1), options);
        const verdict = { property: property.name, on: property.on, isNamed: named, outcomes };
        verdicts.push(verdict);
        options.onVerdict?.(verdict);
      }
    }
  } finally {
    await trial.close();
  }
  return { problem, meetsEdits, properties: trial.properties, verdicts };
}

async function askAll(
  trial: Trial,
  index: number,
  seeds: readonly number[],
  { shrinks }: HoldOptions,
) {
  const limit = trial.properties[index]?.programLimit ?? 0;
  const programCount = seeds.length > 1 ? limit : Math.min(limit, OTHER_PROGRAM_COUNT);
  const limitMilliseconds = seeds.length > 1 ? NAMED_LIMIT_MILLISECONDS : OTHER_LIMIT_MILLISECONDS;
  const outcomes: (TrialOutcome & { seed: number })[] = [];
  for (const seed of seeds) {
    const asked = { seed, programCount, shrinks };
    outcomes.push({ seed, ...(await trial.ask(index, asked, limitMilliseconds)) });
  }
  return outcomes;
}

/** Killed at every seed it was asked with. */
export function isKilled({ outcomes }: Verdict): boolean {
  return outcomes.length > 0 && outcomes.every((outcome) => outcome.isKilled);
}
