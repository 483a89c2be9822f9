// Writes allocation profiles for speedscope (www.speedscope.app), a profile each, so that its
// switch compares memory managers. Source: speedscope's file-format-schema.json.

import {
  type AllocationMeasure,
  type AllocationProfile,
  type AllocationSite,
  createFrameTable,
  framesOf,
} from "./allocation-profile.js";

export interface SpeedscopeFrame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
}

export interface SpeedscopeFile {
  readonly $schema: "https://www.speedscope.app/file-format-schema.json";
  readonly exporter: "ouro";
  readonly activeProfileIndex: 0;
  readonly shared: { readonly frames: readonly SpeedscopeFrame[] };
  readonly profiles: readonly {
    readonly type: "sampled";
    readonly name: string;
    readonly unit: "bytes" | "none";
    readonly startValue: 0;
    readonly endValue: number;
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
}

/** The document to write as JSON. Samples of nothing are left out. O(samples × depth). */
export function speedscopeOf(
  profiles: readonly AllocationProfile[],
  measure: AllocationMeasure = "liveBytes",
): SpeedscopeFile {
  const table = createFrameTable();
  const written = profiles.map(({ name, samples }) => {
    const counted = samples.filter((sample) => sample[measure] > 0);
    const weights = counted.map((sample) => sample[measure]);
    return {
      type: "sampled" as const,
      name,
      unit: measure.endsWith("Bytes") ? ("bytes" as const) : ("none" as const),
      startValue: 0 as const,
      endValue: weights.reduce((sum, weight) => sum + weight, 0),
      samples: counted.map((sample) => framesOf(sample).map(table.indexOf)),
      weights,
    };
  });
  return {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: "ouro",
    activeProfileIndex: 0,
    shared: { frames: table.frames.map(frameOf) },
    profiles: written,
  };
}

function frameOf({ name, place }: AllocationSite): SpeedscopeFrame {
  return place === undefined ? { name } : { name, file: place.file, line: place.line };
}
