/** The places of one unit's code: the same objects from one analysis to the next, so that whoever holds one sees it move. */
import type { Chunk, Expr, Span } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { Loc } from "./labels.js";

/** A place, whose name is only put together when somebody asks for it: most never are. */
class Place implements Loc {
  /** The one of the next node that looks the same. */
  next: Place | undefined = undefined;

  constructor(
    public chunk: Chunk,
    public s: number,
    public e: number,
    private readonly owner: string,
    private readonly look: string,
    private readonly ordinal: number,
  ) {}

  get id(): string {
    return `${this.owner}#${this.look}${this.ordinal || ""}`;
  }

  /** The place that stands for the next node of this look. */
  after(chunk: Chunk, node: Span): Place {
    if (this.next) this.next.move(chunk, node);
    else this.next = new Place(chunk, node.s, node.e, this.owner, this.look, this.ordinal + 1);
    return this.next;
  }

  move(chunk: Chunk, node: Span): void {
    this.chunk = chunk;
    this.s = node.s;
    this.e = node.e;
  }
}

/** The places of one function, by what their nodes look like: the first of each look. */
type OwnPlaces = Map<string, Place>;

/** What outlives an analysis: the places, by key of the function; functions that are run in place have their own. */
export type Places = Map<string, OwnPlaces>;

/** The places of one analysis. */
export class PlacesNow {
  private readonly nodes = new Map<object, Place>();
  /** The last place that was given to a node, by function and look. */
  private readonly met = new Map<OwnPlaces, Map<string, Place>>();

  /** @param places of the former analysis, which is brought up to date */
  constructor(private readonly places: Places) {}

  /** The place of a node: the same one for the same node, and that of one that looked like it in the last analysis. */
  at(node: Span, key: string, chunk: Chunk): Loc {
    let place = this.nodes.get(node);
    if (!place) {
      place = this.find(node, key, chunk);
      this.nodes.set(node, place);
    }
    return place;
  }

  private find(node: Span, key: string, chunk: Chunk): Place {
    let own = this.places.get(key);
    if (!own) {
      own = new Map();
      this.places.set(key, own);
    }
    let met = this.met.get(own);
    if (!met) {
      met = new Map();
      this.met.set(own, met);
    }
    const look = lookOf(node);
    let place = met.get(look)?.after(chunk, node);
    if (!place) {
      place = own.get(look);
      if (place) place.move(chunk, node);
      else {
        place = new Place(chunk, node.s, node.e, key, look, 0);
        own.set(look, place);
      }
    }
    met.set(look, place);
    return place;
  }

  /** Forgets the places that the code does not have any more. */
  end(): void {
    for (const [key, own] of this.places) {
      const met = this.met.get(own);
      if (!met) this.places.delete(key);
      else
        for (const look of own.keys()) {
          const last = met.get(look);
          if (last) last.next = undefined;
          else own.delete(look);
        }
    }
  }
}

/** Remembers where places stand. @returns what puts them back there, with none gone and none new */
export function savePlaces(places: Places): () => void {
  const all = [...places].map(([key, own]) => {
    const chains = [...own].map(([look, first]) => {
      const chain: { place: Place; chunk: Chunk; s: number; e: number }[] = [];
      for (let p: Place | undefined = first; p; p = p.next) chain.push({ place: p, chunk: p.chunk, s: p.s, e: p.e });
      return { look, chain };
    });
    return { key, own, chains };
  });
  return () => {
    places.clear();
    for (const { key, own, chains } of all) {
      own.clear();
      for (const { look, chain } of chains) {
        chain.forEach(({ place, chunk, s, e }, i) => {
          place.move(chunk, { s, e });
          place.next = chain[i + 1]?.place;
        });
        const first = chain[0]?.place;
        if (first) own.set(look, first);
      }
      places.set(key, own);
    }
  };
}

/** Whether two places are one, also of different analyses. */
export const samePlace = (a: Loc, b: Loc): boolean => a === b || a.id === b.id;

/** What a node looks like, roughly: nodes of another look that come or go do not change its identity. */
function lookOf(node: Span): string {
  if (!("k" in node) || typeof node.k !== "string")
    return "name" in node && typeof node.name === "string" ? `=${node.name}` : "";
  const x = node as Expr;
  switch (x.k) {
    case "name":
      return x.id;
    case "attr":
      return `.${x.a}`;
    case "call":
      return `${lastNameOf(x.f)}()`;
    case "sub":
      return x.i.k === "const" ? `[${String(x.i.v).slice(0, 20)}]` : "[]";
    case "const":
      return x.t;
    default:
      return x.k;
  }
}
