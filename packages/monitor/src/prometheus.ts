// Writes a monitor's counts in the text format of Prometheus, to be scraped. Names end in their
// unit; what only grows ends in `_total`. Source: Prometheus, exposition formats, version 0.0.4.

import type { Histogram } from "./histogram.js";
import type { Monitor } from "./monitor.js";

/** The page to serve, for the memory manager `name`. O(steps of the histograms). */
export function prometheusOf(monitor: Monitor, name: string): string {
  const counts = monitor.counts();
  const label = `manager="${escapeLabel(name)}"`;
  const lines: string[] = [];

  function metric(
    metricName: string,
    type: "counter" | "gauge",
    help: string,
    value: number,
  ): void {
    lines.push(`# HELP ouro_${metricName} ${help}`, `# TYPE ouro_${metricName} ${type}`);
    lines.push(`ouro_${metricName}{${label}} ${value}`);
  }

  function byGeneration(metricName: string, help: string, values: readonly number[]): void {
    lines.push(`# HELP ouro_${metricName} ${help}`, `# TYPE ouro_${metricName} counter`);
    for (const [generation, value] of values.entries()) {
      lines.push(`ouro_${metricName}{${label},generation="${generation}"} ${value}`);
    }
  }

  function histogram(metricName: string, help: string, values: Histogram, unit: number): void {
    lines.push(`# HELP ouro_${metricName} ${help}`, `# TYPE ouro_${metricName} histogram`);
    let seen = 0;
    for (const { upTo, count } of values.steps()) {
      seen += count;
      lines.push(`ouro_${metricName}_bucket{${label},le="${upTo / unit}"} ${seen}`);
    }
    lines.push(`ouro_${metricName}_bucket{${label},le="+Inf"} ${values.count}`);
    lines.push(`ouro_${metricName}_sum{${label}} ${values.sum / unit}`);
    lines.push(`ouro_${metricName}_count{${label}} ${values.count}`);
  }

  metric("objects_created_total", "counter", "Objects born.", counts.createdCount);
  metric("created_bytes_total", "counter", "Bytes of objects born.", counts.createdBytes);
  metric("objects_reclaimed_total", "counter", "Objects reclaimed.", counts.reclaimedCount);
  metric("reclaimed_bytes_total", "counter", "Bytes of them.", counts.reclaimedBytes);
  metric("arenas", "gauge", "Arenas lent.", counts.arenaCount);
  const { generations } = counts;
  byGeneration(
    "collections_total",
    "Collections.",
    generations.map((each) => each.collectionCount),
  );
  byGeneration(
    "collection_reclaimed_objects_total",
    "Objects that collections reclaimed.",
    generations.map((each) => each.reclaimedCount),
  );
  const work = "Objects looked at in a collection.";
  histogram("collection_work_objects", work, monitor.collectionWork, 1);
  histogram("collection_pause_seconds", "Time of a collection.", monitor.pauses, 1e6);
  return `${lines.join("\n")}\n`;
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
