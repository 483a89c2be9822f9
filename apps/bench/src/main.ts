/** The benchmarks. They are not here yet. */
console.error("bench: no benchmark is implemented yet.");
