// Which functions the `dev` before this one made of files: what has no file any more is not to run on. Others, which were
// deployed by hand, stay.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const names = z.array(z.string());

export class EarlierFunctions {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, '.isolet', 'functions.json');
  }

  read(): readonly string[] {
    try {
      return names.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return [];
    }
  }

  write(functions: readonly string[]): void {
    writeFileSync(this.#file, JSON.stringify(functions));
  }
}
