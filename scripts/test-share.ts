// Around a run of the suite: says what the long commands add to it.

/** Called by vitest before all tests; what it answers is called after them. */
export default function setUp(): () => void {
  return () => {
    if (process.env.OURO_LONG === "1") return;
    console.log(
      "A share of each property's programs and of the planted faults, seed 1. npm run test:long " +
        "plays all of them (each fault with three seeds); npm run prove -- --minutes N every " +
        "composition, new seeds; npm run prove -- --exhaustive every case of the small scopes.",
    );
  };
}
