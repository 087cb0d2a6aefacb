import { randomUUID } from 'node:crypto';
import { invalidType } from '../../options/invalid.ts';
import { KnownSpec } from './known-spec.ts';
import type { PoolFunction } from './pool-function.ts';
import { type FunctionDefaults, resolveFunction } from './resolve-function.ts';
import type { ResolvedFunction } from './resolved-function.ts';

/** Specifications that were read: one that comes again, unchanged, is not read again. */
export class KnownFunctions {
  readonly #known = new WeakMap<PoolFunction, KnownSpec>();
  readonly #salt = randomUUID();
  readonly #defaults: FunctionDefaults;

  constructor(defaults: FunctionDefaults) {
    this.#defaults = defaults;
  }

  /** A specification with all that it leaves out. @throws what is wrong with it. */
  resolve(spec: PoolFunction): ResolvedFunction {
    if (typeof spec !== 'object' || spec === null) throw invalidType('spec', spec, 'an object');
    const known = this.#known.get(spec);
    if (known?.stillSays(spec)) return known.fn;
    const fn = resolveFunction(spec, this.#salt, this.#defaults);
    this.#known.set(spec, new KnownSpec(spec, fn));
    return fn;
  }
}
