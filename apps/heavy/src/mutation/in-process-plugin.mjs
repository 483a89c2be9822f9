// What Stryker loads in each of its processes: the runner, once Node finds packages by sources.

const load = (path) => import(new URL(path, import.meta.url).href);

await load("../../../../scripts/from-sources.mjs");
export const { strykerPlugins } = await load("./in-process-runner.ts");
