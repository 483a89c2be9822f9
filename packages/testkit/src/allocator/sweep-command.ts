// What programs of the sweep do.

export type SweepCommand =
  | { readonly do: "allocate"; readonly count: number; readonly requestBytes: number }
  | { readonly do: "free"; readonly pick: number; readonly count: number }
  | { readonly do: "sweep"; readonly keptPercent: number; readonly salt: number }
  | { readonly do: "finish" };
