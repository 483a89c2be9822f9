// A composition: which allocator serves the small requests and which one the rest, and the layers
// over them, the outermost first.
//
//   large                     one allocator for everything
//   pool+large                small requests + all others
//   small=pool,large=large    the same, spelled out
//   checked:pool+large        a layer over it; checked:counting:large has two

import { UsageError } from "@ouro/interfaces";
import {
  type AllocatorPart,
  type AnyPart,
  LAYERS,
  type LayerPart,
  PARTS,
  type SmallPart,
} from "./allocator-registry.js";
import { didYouMean, nearestName } from "./suggestion.js";

export interface Composition {
  readonly name: string;
  /** Serves requests up to 512 bytes; undefined when `large` serves everything. */
  readonly small: SmallPart | undefined;
  readonly large: AnyPart;
  /** The outermost first. */
  readonly layers: readonly LayerPart[];
}

const WHERE = "ouro --allocator";
const ROLES = ["small", "large"];

/** Every composition that the registered parts allow, the pairs first. */
export function compositionNames(): string[] {
  const anySize = PARTS.filter((part) => part.serves === "any");
  const pairs = PARTS.filter((part) => part.serves === "small").flatMap((small) =>
    anySize.map((large) => `${small.name}+${large.name}`),
  );
  return [...pairs, ...anySize.map((part) => part.name)];
}

/** Understands a name or a composition. Throws `UsageError`. */
export function parseComposition(whole: string): Composition {
  const layerNames = whole.split(":");
  const text = layerNames.pop() ?? "";
  const layers = layerNames.map(layerNamed);
  const { small, large } = text.includes("=") ? parseRoles(text) : parsePair(text);
  if (large.serves !== "any") {
    throw new UsageError({
      where: WHERE,
      argument: text,
      problem: `leaves requests above 512 bytes to ${large.name}, which does not serve them`,
      remedy: `Pair it with another one: ${compositionNames()[0]}.`,
    });
  }
  if (small?.serves === "any") {
    throw new UsageError({
      where: WHERE,
      argument: text,
      problem: `gives small requests to ${small.name}, which serves any size and needs no other`,
      remedy: `Write ${small.name} alone, or ${compositionNames()[0]}.`,
    });
  }
  const name = small === undefined ? large.name : `${small.name}+${large.name}`;
  return { name: [...layerNames, name].join(":"), small, large, layers };
}

function layerNamed(name: string, index: number, all: readonly string[]): LayerPart {
  const isSecond = all.indexOf(name) < index;
  const layer = LAYERS.find((candidate) => candidate.name === name);
  if (layer !== undefined && !isSecond) return layer;
  const known = LAYERS.map((candidate) => candidate.name);
  throw new UsageError({
    where: WHERE,
    argument: `"${name}"`,
    problem: isSecond ? "is given twice" : "is not a layer",
    remedy: isSecond
      ? "Give each layer once."
      : didYouMean(name, known, `Layers: ${known.join(", ")}.`),
  });
}

interface Parts {
  readonly small: AllocatorPart | undefined;
  readonly large: AllocatorPart;
}

function parsePair(text: string): Parts {
  const names = text.split("+");
  const serves = names.length === 1 ? ["any", "any"] : ["small", "any"];
  const parts = names.map((name, place) => partNamed(name, text, serves[place]));
  const [first, second] = parts;
  if (first !== undefined && parts.length === 1) return { small: undefined, large: first };
  if (first !== undefined && second !== undefined && parts.length === 2) {
    return { small: first, large: second };
  }
  throw new UsageError({
    where: WHERE,
    argument: text,
    problem: `names ${parts.length} allocators`,
    remedy: "Give one for everything, or two: small+large.",
  });
}

function parseRoles(text: string): Parts {
  const roles = new Map<string, AllocatorPart>();
  for (const assignment of text.split(",")) {
    const [role = "", name = ""] = assignment.split("=");
    if (!ROLES.includes(role) || roles.has(role)) {
      throw new UsageError({
        where: WHERE,
        argument: assignment,
        problem: roles.has(role) ? "is given twice" : "does not begin with small= or large=",
        remedy: didYouMean(role, ROLES, "Write for example small=pool,large=large."),
      });
    }
    roles.set(role, partNamed(name, text, role === "small" ? "small" : "any"));
  }
  const large = roles.get("large");
  if (large !== undefined) return { small: roles.get("small"), large };
  throw new UsageError({
    where: WHERE,
    argument: text,
    problem: "does not say what serves requests above 512 bytes",
    remedy: `Add ,large=${PARTS.find((part) => part.serves === "any")?.name ?? "NAME"}.`,
  });
}

/** What is proposed instead of an unknown name would be accepted in its place. */
function partNamed(name: string, text: string, serves = "any"): AllocatorPart {
  const part = PARTS.find((candidate) => candidate.name === name);
  if (part !== undefined) return part;
  const known = PARTS.filter((row) => row.serves === serves).map((row) => row.name);
  const compositions = compositionNames();
  const isWhole = name === text;
  // A mistyped part that serves small requests only stands for its pair.
  const nearest = nearestName(
    name,
    PARTS.map((row) => row.name),
  );
  const pair = isWhole ? compositions.find((pair) => pair.startsWith(`${nearest}+`)) : undefined;
  const rest = `Known: ${(isWhole ? compositions : known).join(", ")}.`;
  throw new UsageError({
    where: WHERE,
    argument: name === "" ? `"${text}"` : name,
    problem: "is not an allocator",
    remedy:
      pair === undefined
        ? didYouMean(name, isWhole ? compositions : known, rest)
        : `Did you mean ${pair}? ${rest}`,
  });
}
