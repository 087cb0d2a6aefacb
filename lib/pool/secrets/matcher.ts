const ellipsis = 0x2026;

/** Where texts were found, and what may be the beginning of one. */
export interface Found {
  /** Start and end, start and end … in order; those that overlap are one. */
  readonly spans: readonly number[];
  /** So many characters at the end are the beginning of a text that is looked for. */
  readonly open: number;
}

/**
 * Finds any of many texts in one pass over another one, however they overlap or repeat: the automaton of Aho and
 * Corasick. Its nodes are the beginnings of the texts; it is always in that of the longest one that what was read so far
 * ends with.
 */
export class Matcher {
  /** The character that leads to a node. */
  readonly #unit: Uint16Array;
  /** The first node after a node; the others are in `#more` by node and character. */
  readonly #next: Int32Array;
  readonly #more = new Map<number, number>();
  /** Where to go on when no character fits: the longest beginning that a node ends with. */
  readonly #fallback: Int32Array;
  readonly #depth: Int32Array;
  /** Length of the longest text that a node ends with. */
  readonly #longest: Int32Array;
  #size = 1;

  constructor(texts: readonly string[]) {
    const most = texts.reduce((sum, text) => sum + text.length, 1);
    this.#unit = new Uint16Array(most);
    this.#next = new Int32Array(most);
    this.#fallback = new Int32Array(most);
    this.#depth = new Int32Array(most);
    this.#longest = new Int32Array(most);
    const parents = new Int32Array(most);
    for (const text of texts) this.#insert(text, parents);
    this.#link(parents);
  }

  /** @param cutAt what precedes an ellipsis and is a beginning of at least this length was cut off: it counts as found. */
  find(text: string, cutAt: number): Found {
    const spans: number[] = [];
    const depth = this.#depth;
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const open = depth[node] as number;
      if (unit === ellipsis && open >= cutAt) addSpan(spans, i - open, i);
      node = this.#after(node, unit);
      const length = this.#longest[node] as number;
      if (length > 0) addSpan(spans, i + 1 - length, i + 1);
    }
    return { spans, open: depth[node] as number };
  }

  #insert(text: string, parents: Int32Array): void {
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      let next = this.#step(node, unit);
      if (next === 0) {
        next = this.#size++;
        this.#unit[next] = unit;
        this.#depth[next] = i + 1;
        parents[next] = node;
        if (this.#next[node] === 0) this.#next[node] = next;
        else this.#more.set(node * 0x10000 + unit, next);
      }
      node = next;
    }
    this.#longest[node] = text.length;
  }

  #link(parents: Int32Array): void {
    for (const node of this.#byDepth()) {
      if ((this.#depth[node] as number) < 2) continue;
      const back = this.#after(this.#fallback[parents[node] as number] as number, this.#unit[node] as number);
      this.#fallback[node] = back;
      if (this.#longest[node] === 0) this.#longest[node] = this.#longest[back] as number;
    }
  }

  /** All nodes: what one falls back to comes before it. */
  #byDepth(): Int32Array {
    const depths = this.#depth.subarray(0, this.#size);
    const places = new Int32Array(this.#size + 1);
    for (const depth of depths) places[depth + 1] = (places[depth + 1] as number) + 1;
    for (let depth = 1; depth < places.length; depth++) {
      places[depth] = (places[depth] as number) + (places[depth - 1] as number);
    }
    const order = new Int32Array(this.#size);
    for (const [node, depth] of depths.entries()) {
      const place = places[depth] as number;
      order[place] = node;
      places[depth] = place + 1;
    }
    return order;
  }

  #after(from: number, unit: number): number {
    let node = from;
    let next = this.#step(node, unit);
    while (next === 0 && node !== 0) {
      node = this.#fallback[node] as number;
      next = this.#step(node, unit);
    }
    return next;
  }

  #step(node: number, unit: number): number {
    const next = this.#next[node] as number;
    if (next === 0 || this.#unit[next] === unit) return next;
    return this.#more.get(node * 0x10000 + unit) ?? 0;
  }
}

/** @param end after the ends of all others */
export function addSpan(spans: number[], start: number, end: number): void {
  while (spans.length > 0 && (spans.at(-2) as number) >= start) spans.length -= 2;
  if (spans.length > 0 && (spans.at(-1) as number) > start) spans[spans.length - 1] = end;
  else spans.push(start, end);
}
