/**
 * Listens to a memory manager and looks at its heap: counts, pauses, series, the collection log;
 * snapshots, dominators, retention paths; exports for the tools that people have.
 *
 * @packageDocumentation
 */

export { combineObservers } from "@ouro/interfaces";
export {
  type AllocationMeasure,
  type AllocationProfile,
  type AllocationSample,
  type AllocationSite,
  foldedStacksOf,
  framesOf,
} from "./allocation-profile.js";
export {
  type AllocationSites,
  type AllocationSitesOptions,
  createAllocationSites,
} from "./allocation-sites.js";
export {
  type CollectionLog,
  type CollectionLogOptions,
  type CollectionLogStyle,
  createCollectionLog,
  type LoggedCollection,
} from "./collection-log.js";
export {
  type CollectionTrack,
  type CollectionTrackOptions,
  createCollectionTrack,
} from "./collection-track.js";
export { type CostModel, type CostTotals, createCostModel } from "./cost-model.js";
export { type Dominators, findDominators } from "./dominators.js";
export { createHistogram, type Histogram } from "./histogram.js";
export {
  createMonitor,
  type GenerationTotals,
  type Monitor,
  type MonitorCounts,
  type MonitorOptions,
} from "./monitor.js";
export { encodePprof } from "./pprof.js";
export { prometheusOf } from "./prometheus.js";
export { findReachable, type Reachability } from "./reachability.js";
export { findReferrers, findRetentionPath, type RetentionStep } from "./retention.js";
export { retentionProfileOf } from "./retention-profile.js";
export { createSnapshot, holderOf, type Snapshot, type SnapshotNames } from "./snapshot.js";
export { formatPlace, type SourcePlace } from "./source-place.js";
export { type SpeedscopeFile, type SpeedscopeFrame, speedscopeOf } from "./speedscope.js";
export { createTimeSeries, type SeriesEntry, type TimeSeries } from "./time-series.js";
export {
  type TraceEvent,
  type TraceEventFile,
  type TraceSlice,
  type TraceTrack,
  traceEventsOf,
} from "./trace-events.js";
export { compareTypes, countTypes, type TypeCount, type TypeDifference } from "./type-census.js";
export { type V8HeapSnapshotOptions, writeV8HeapSnapshot } from "./v8-heap-snapshot.js";
