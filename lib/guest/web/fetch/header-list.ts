const { apply } = Reflect;
const { forEach } = Map.prototype;

/** The headers of one request or response, without rules. Names are in lower case. */
export class HeaderList {
  /** Values of one name are combined, except those of cookies: a comma may be part of one. */
  readonly #values = new Map<string, string>();
  #cookies: string[] | undefined;
  /** As iteration shows them, until something changes. */
  #sorted: (readonly [string, string])[] | undefined;

  get(name: string): string | null {
    if (name === 'set-cookie') return this.#cookies?.join(', ') ?? null;
    return this.#values.get(name) ?? null;
  }

  has(name: string): boolean {
    return name === 'set-cookie' ? this.#cookies !== undefined : this.#values.has(name);
  }

  append(name: string, value: string): void {
    this.#sorted = undefined;
    if (name === 'set-cookie') {
      if (this.#cookies) this.#cookies.push(value);
      else this.#cookies = [value];
      return;
    }
    const before = this.#values.get(name);
    this.#values.set(name, before === undefined ? value : `${before}, ${value}`);
  }

  set(name: string, value: string): void {
    this.#sorted = undefined;
    if (name === 'set-cookie') this.#cookies = [value];
    else this.#values.set(name, value);
  }

  delete(name: string): void {
    this.#sorted = undefined;
    if (name === 'set-cookie') this.#cookies = undefined;
    else this.#values.delete(name);
  }

  get cookies(): readonly string[] {
    return this.#cookies ?? [];
  }

  get isEmpty(): boolean {
    return this.#values.size === 0 && this.#cookies === undefined;
  }

  /** By name; cookies one by one, in their order. */
  get sorted(): readonly (readonly [string, string])[] {
    if (this.#sorted) return this.#sorted;
    const names = [...this.#values.keys()];
    if (this.#cookies) names.push('set-cookie');
    names.sort();
    const sorted: (readonly [string, string])[] = [];
    for (const name of names) {
      if (name !== 'set-cookie') sorted.push([name, this.#values.get(name) as string]);
      else for (const cookie of this.cookies) sorted.push([name, cookie]);
    }
    this.#sorted = sorted;
    return sorted;
  }

  /** As names and values in turn, for a message. */
  flat(): string[] {
    const flat: string[] = [];
    let at = 0;
    // Nothing here that a guest can replace.
    apply(forEach, this.#values, [
      (value: string, name: string) => {
        flat[at++] = name;
        flat[at++] = value;
      },
    ]);
    const { cookies } = this;
    for (let i = 0; i < cookies.length; i++) {
      flat[at++] = 'set-cookie';
      flat[at++] = cookies[i] as string;
    }
    return flat;
  }

  /** From names and values in turn that were checked where they come from. */
  static of(flat: readonly string[]): HeaderList {
    const list = new HeaderList();
    for (let i = 0; i + 1 < flat.length; i += 2) list.append(flat[i] as string, flat[i + 1] as string);
    return list;
  }

  copy(): HeaderList {
    const copy = new HeaderList();
    for (const [name, value] of this.#values) copy.#values.set(name, value);
    if (this.#cookies) copy.#cookies = [...this.#cookies];
    copy.#sorted = this.#sorted;
    return copy;
  }

  clear(): void {
    this.#values.clear();
    this.#cookies = undefined;
    this.#sorted = undefined;
  }
}
