// Places in a bundle as places in the files it was made of, by the source map that was deployed with it.
import { SourceMap } from 'node:module';
import type { Storage } from '../storage/storage.ts';

export interface Place {
  readonly file: string;
  /** Both from 1 on. */
  readonly line: number;
  readonly column: number;
}

/** Reads a source map. @returns where a place of the bundle comes from; `undefined`: from nowhere that the map knows */
export function readSourceMap(text: string): (line: number, column: number) => Place | undefined {
  const map = new SourceMap(JSON.parse(text));
  return (line, column) => {
    const found = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in found) || typeof found.originalSource !== 'string') return undefined;
    return { file: found.originalSource, line: found.originalLine + 1, column: found.originalColumn + 1 };
  };
}

/** Maps that are kept ready. */
const mostKept = 20;

/** Stacks of functions, as their authors know their files. */
export class SourceMaps {
  readonly #storage: Storage;
  readonly #maps = new Map<string, Promise<ReturnType<typeof readSourceMap> | undefined>>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The text with the places of the function's bundle replaced. What can't be found out stays as it is. */
  async map(tenant: string, name: string, version: string | undefined, text: string): Promise<string> {
    const file = `${tenant}/${name}.js:`;
    if (version === undefined || !text.includes(file)) return text;
    const placeOf = await this.#mapOf(tenant, name, version);
    if (!placeOf) return text;
    // Ids have nothing in them that a pattern would take for more than itself.
    return text.replace(
      new RegExp(`(?:function:)?${file}(\\d+):(\\d+)`, 'g'),
      (whole, line: string, column: string) => {
        const place = placeOf(Number(line), Number(column));
        return place ? `${place.file}:${place.line}:${place.column}` : whole;
      },
    );
  }

  #mapOf(tenant: string, name: string, version: string) {
    const key = `${tenant}/${name}/${version}`;
    const known = this.#maps.get(key) ?? this.#read(tenant, name, version);
    this.#maps.delete(key);
    this.#maps.set(key, known);
    for (const oldest of this.#maps.keys()) {
      if (this.#maps.size <= mostKept) break;
      this.#maps.delete(oldest);
    }
    return known;
  }

  async #read(tenant: string, name: string, version: string) {
    try {
      const source = await this.#storage.functions.source(tenant, name, version);
      const text = source?.spec.sourceMap;
      return text === undefined ? undefined : readSourceMap(text);
    } catch {
      // It came from outside, and need be no map.
      return undefined;
    }
  }
}
