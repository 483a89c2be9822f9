// The layer rules. A package imports only from lower layers, never from its own, and `interfaces`
// is the only thing that two strategies share. scripts/check-layers.ts shows that each rule fires.

/** Layer -> folders under packages/. A new package is entered here first. */
const layers = [
  ["interfaces"],
  ["heap", "allocator", "object-model", "finalization"],
  ["null", "refcount", "cycle-detector", "generational", "mark-sweep", "semispace"],
  ["memory-manager", "monitor", "trace", "testkit"],
];

const known = layers.flat().join("|");

/** One rule per layer: what lies beside or above the package may not be imported by it. */
const importsDownwards = layers.map((names, layer) => {
  const allowed = ["$1", ...layers.slice(0, layer).flat()].join("|");
  return {
    name: `layer-${layer}-imports-downwards`,
    comment: "A package imports only from lower layers.",
    severity: "error",
    from: { path: `^packages/(${names.join("|")})/src/` },
    to: { path: "^packages/", pathNot: `^packages/(${allowed})/` },
  };
});

module.exports = {
  forbidden: [
    ...importsDownwards,
    {
      name: "package-has-a-layer",
      comment: "A package that no layer names would escape the layer rules.",
      severity: "error",
      from: { path: "^packages/", pathNot: `^packages/(${known})/` },
      to: {},
    },
    {
      name: "no-circular",
      comment: "A circle of files has no bottom to start reading at.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolvable",
      comment: "An import that resolves to nothing would escape every other rule.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-node-in-packages",
      comment: "Layers 0 to 3 run in a browser.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "no-dependency-in-layers-0-to-2",
      comment: "Layers 0 to 2 have no dependency outside the workspace.",
      severity: "error",
      from: { path: `^packages/(${layers.slice(0, 3).flat().join("|")})/src/` },
      to: { path: "node_modules" },
    },
    {
      name: "no-development-dependency-in-sources",
      comment: "What is published may not need what is not installed with it; heavy tools are not.",
      severity: "error",
      from: { path: "^(packages|apps)/[^/]+/src/", pathNot: "^apps/heavy/" },
      to: {
        path: "node_modules",
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        pathNot: "@types/",
      },
    },
    {
      name: "no-relative-import-across-packages",
      comment: "Other packages are imported by their name, as a user would.",
      severity: "error",
      from: { path: "^(packages|apps)/([^/]+)/" },
      to: {
        path: "^(packages|apps)/",
        pathNot: "^$1/$2/",
        dependencyTypesNot: ["aliased"],
      },
    },
    {
      name: "no-apps-in-packages",
      comment: "Apps show the packages; no package knows them.",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^(apps/|scripts/(?!faults/)|node_modules/@ouro/(demo|bench))" },
    },
    {
      name: "no-scripts-in-sources",
      comment: "Tests list their planted faults for scripts/faults; a source knows no script.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { path: "^scripts/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|temp|coverage|reports)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
    },
  },
};
