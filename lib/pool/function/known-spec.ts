import { isDeepStrictEqual } from 'node:util';
import { onlyGiven } from '../../shared/own.ts';
import { functionFields } from './check-function.ts';
import type { PoolFunction } from './pool-function.ts';
import type { ResolvedFunction } from './resolved-function.ts';

type Fields = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

/** A specification that was read, to find out cheaply whether it still says the same. */
export class KnownSpec {
  readonly fn: ResolvedFunction;
  readonly #fields: Fields;
  readonly #env: Texts | undefined;
  readonly #secrets: Texts | undefined;
  readonly #apis: readonly string[] | undefined;
  readonly #fixed: boolean;

  constructor(given: PoolFunction, fn: ResolvedFunction) {
    const spec = onlyGiven(given, functionFields) as unknown as PoolFunction;
    this.fn = fn;
    this.#fields = spec as unknown as Fields;
    this.#env = spec.env && { ...spec.env };
    this.#secrets = spec.secrets && { ...spec.secrets };
    this.#apis = spec.apis && [...spec.apis];
    this.#fixed = [given, spec.env, spec.secrets, spec.apis].every(isFixed);
  }

  stillSays(spec: PoolFunction): boolean {
    if (this.#fixed) return true;
    for (const field of functionFields) if ((spec as unknown as Fields)[field] !== this.#fields[field]) return false;
    return (
      sameTexts(spec.env, this.#env) &&
      sameTexts(spec.secrets, this.#secrets) &&
      (spec.apis === undefined || isDeepStrictEqual(spec.apis, this.#apis))
    );
  }
}

/** Nobody can change it. */
function isFixed(value: object | undefined): boolean {
  if (value === undefined) return true;
  if (!Object.isFrozen(value)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).every((property) => 'value' in property);
}

function sameTexts(texts: Texts | undefined, known: Texts | undefined): boolean {
  if (texts === undefined || known === undefined) return texts === known;
  let left = 0;
  for (const key in known) {
    if (texts[key] !== known[key]) return false;
    left++;
  }
  for (const _key in texts) left--;
  return left === 0;
}
