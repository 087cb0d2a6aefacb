/** Characters of claims that are remembered, of all rules together. */
const most = 8 * 1024 * 1024;

interface Claims {
  /** As functions get them. */
  readonly text: string;
  /** When they stop being good, in ms since the epoch. */
  readonly until: number;
}

/** Claims of tokens whose signature was found good, until they expire; what was asked for longest ago goes first. */
export class KnownClaims {
  readonly #claims = new Map<string, Claims>();
  #size = 0;

  get(key: string): string | undefined {
    const found = this.#claims.get(key);
    if (!found) return undefined;
    this.#delete(key, found);
    if (found.until <= Date.now()) return undefined;
    this.#keep(key, found);
    return found.text;
  }

  add(key: string, claims: Claims): void {
    const before = this.#claims.get(key);
    if (before) this.#delete(key, before);
    this.#keep(key, claims);
    for (const [oldest, { text }] of this.#claims) {
      if (this.#size <= most) return;
      this.#delete(oldest, { text });
    }
  }

  #keep(key: string, claims: Claims): void {
    this.#claims.set(key, claims);
    this.#size += key.length + claims.text.length;
  }

  #delete(key: string, { text }: Pick<Claims, 'text'>): void {
    this.#claims.delete(key);
    this.#size -= key.length + text.length;
  }
}
