// One timed run: CPU time of the process, all of its threads, and time on the wall.

/** Of a small list, before resident memory is measured: until nothing more is compiled. */
export const ROUNDS_TO_WARM_UP = 400;

export interface Elapsed {
  readonly cpuNs: number;
  readonly wallNs: number;
}

export function timeRun(run: () => void): Elapsed {
  const cpuBefore = process.cpuUsage();
  const wallBefore = process.hrtime.bigint();
  run();
  const wallNs = Number(process.hrtime.bigint() - wallBefore);
  const cpu = process.cpuUsage(cpuBefore);
  return { cpuNs: (cpu.user + cpu.system) * 1000, wallNs };
}

/** Both times of several runs, in units of `unitNs`. */
export function inUnits(runs: readonly Elapsed[], unitNs: number) {
  return {
    cpu: runs.map(({ cpuNs }) => cpuNs / unitNs),
    wall: runs.map(({ wallNs }) => wallNs / unitNs),
  };
}

/** The first run apart, two more to warm up left out. */
export function coldAndWarm(runs: readonly Elapsed[], unitNs: number) {
  return {
    "first, cold": inUnits(runs.slice(0, 1), unitNs),
    warm: inUnits(runs.slice(Math.min(3, runs.length - 1)), unitNs),
  };
}

export function expectEqual(what: string, seen: number, wanted: number): void {
  if (seen !== wanted) throw new Error(`${what}: ${seen}, not ${wanted}`);
}
