// Writes an allocation profile in the format of pprof, with Go's names for the four values, so that
// `go tool pprof`, speedscope and others show it. The bytes are not compressed: pprof reads both.
//
//   sample    leaf first │ alloc_objects │ alloc_space │ inuse_objects │ inuse_space │ label type
//
// Source: pprof's profile.proto; the encoding is the library's.

import {
  Label,
  Line,
  Location,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";
import {
  type AllocationProfile,
  type AllocationSite,
  createFrameTable,
  framesOf,
} from "./allocation-profile.js";

const VALUES = [
  ["alloc_objects", "count"],
  ["alloc_space", "bytes"],
  ["inuse_objects", "count"],
  ["inuse_space", "bytes"],
] as const;

/** The bytes of a profile. O(samples × depth). */
export function encodePprof({ samples }: AllocationProfile): Uint8Array {
  const stringTable = new StringTable();
  const text = (name: string): number => stringTable.dedup(name);
  const table = createFrameTable();
  const locationOf = (site: AllocationSite): number => table.indexOf(site) + 1;
  const sample = samples.map(
    (each) =>
      new Sample({
        locationId: framesOf(each).map(locationOf).reverse(),
        value: [each.allocatedCount, each.allocatedBytes, each.liveCount, each.liveBytes],
        label: [new Label({ key: text("type"), str: text(each.typeName) })],
      }),
  );
  const sampleType = VALUES.map(
    ([type, unit]) => new ValueType({ type: text(type), unit: text(unit) }),
  );
  const location = table.frames.map(({ place }, index) => {
    const line = new Line({ functionId: index + 1, line: place?.line ?? 0 });
    return new Location({ id: index + 1, line: [line] });
  });
  const functions = table.frames.map(({ name, place }, index) => {
    const filename = text(place?.file ?? "");
    return new PprofFunction({ id: index + 1, name: text(name), filename });
  });
  return new Profile({
    sampleType,
    sample,
    location,
    function: functions,
    stringTable,
    defaultSampleType: text("inuse_space"),
  }).encode();
}
