// A list of a hundred thousand objects, and how they hang together.

export interface DeepCase {
  readonly shape: "chain" | "ring" | "fan" | "wheel";
  /** Of what the list is made. */
  readonly type: string;
  /** The field that holds the next one, or, of a fan, nothing. */
  readonly link: number;
  readonly count: number;
}
