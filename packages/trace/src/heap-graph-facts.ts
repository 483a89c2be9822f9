// Facts about a heap graph, recorded beside it as `NAME.facts.json`: what a plain simulation of
// refcounts and collections on the graph predicts for each step, and where the recording differs
// because finalizers or callbacks ran, which no graph can show.

import { InputFormatError } from "@ouro/interfaces";
import { type JsonFields, parseJsonFields } from "./json-fields.js";

/** Recording and plain simulation of one step, compared. */
export interface GraphStepFacts {
  readonly kind: "cut" | "collect";
  readonly generation?: number;
  readonly recordedDeathCount: number;
  readonly predictedDeathCount: number;
  readonly predictedNotRecordedCount: number;
  readonly recordedNotPredictedCount: number;
  readonly containersDifferingCount: number;
  readonly survivorRefcountsDifferingCount: number;
  readonly finalizersInGarbageCount: number;
  /** Of a collect. */
  readonly returned?: number;
  readonly predictedReturned?: number;
  /** Recording and simulation agree in every death, refcount and result. */
  readonly isExact: boolean;
}

/** The content of a `NAME.facts.json` beside a heap graph. */
export interface GraphFacts {
  readonly name: string;
  readonly objectCount: number;
  readonly refCount: number;
  readonly steps: readonly GraphStepFacts[];
}

/**
 * Reads the text of a facts file of a heap graph. Throws `InputFormatError` naming the field that
 * is missing or of another kind. `sourceName` names the file in messages.
 */
export function parseGraphFacts(text: string, sourceName = "facts file"): GraphFacts {
  const fail = (problem: string): never => {
    throw new InputFormatError({
      source: sourceName,
      problem,
      remedy: "Copy the facts file again, or remove it to replay without comparison.",
    });
  };
  const fields = parseJsonFields(text, "the facts", fail);
  return {
    name: fields.text("name"),
    objectCount: fields.count("objects"),
    refCount: fields.count("refs"),
    steps: fields.objects("steps").map((step, index) => stepFacts(step, index, fail)),
  };
}

function stepFacts(
  fields: JsonFields,
  index: number,
  fail: (problem: string) => never,
): GraphStepFacts {
  if (fields.count("step") !== index) fail(`the facts: step ${index} is numbered otherwise`);
  const kind = fields.text("kind");
  const facts = {
    recordedDeathCount: fields.count("recorded"),
    predictedDeathCount: fields.count("predicted"),
    predictedNotRecordedCount: fields.count("predicted_not_recorded"),
    recordedNotPredictedCount: fields.count("recorded_not_predicted"),
    containersDifferingCount: fields.count("containers_differing"),
    survivorRefcountsDifferingCount: fields.count("survivor_refcounts_differing"),
    finalizersInGarbageCount: fields.count("finalizers_in_garbage"),
    isExact: fields.flag("exact"),
  };
  if (kind === "cut") return { kind, ...facts };
  const generation = ["collect0", "collect1", "collect2"].indexOf(kind);
  if (generation < 0) fail(`the facts: step ${index} has the kind "${kind}"`);
  return {
    kind: "collect",
    generation,
    returned: fields.count("return"),
    predictedReturned: fields.count("predicted_return"),
    ...facts,
  };
}
