import { keepRetryable } from '../../errors/isolet-error.ts';
import { dataProperty } from '../../shared/own.ts';
import { leafInstead, Texts } from './leaves.ts';
import { errorTexts, isObject, kindOf, partsOf, propertiesOf, shownAs, sizeOf } from './parts.ts';

export type Copied = (from: object, copy: object) => void;

/** Parts of one failure that are looked at; what lies behind them is left out of the copy. */
const mostParts = 100_000;

/**
 * `root`, or if there is a secret in it a copy without: of errors, plain data and collections. What in it has no secret
 * stays as it is; objects that are more than data are replaced by the name of their class, unless they are handles of a
 * guest. Nothing is written to, and nobody's code runs.
 *
 * @param copied - Called for each object there is a copy of.
 */
export function redactedCopy(root: unknown, clean: (text: string, isCut?: boolean) => string, copied: Copied): unknown {
  const texts = new Texts(clean);
  if (!isObject(root)) return texts.hasSecret(root) ? texts.cleaned(root) : root;
  return new Copier(survey(root, texts), texts).copyAll(root, copied);
}

interface Survey {
  /** What has a secret in it, at any depth. */
  readonly secretive: ReadonlySet<object>;
  /** What stands for objects that are not copied. */
  readonly instead: ReadonlyMap<object, unknown>;
}

function survey(root: object, texts: Texts): Survey {
  const holders = new Map<object, object[]>([[root, []]]);
  const instead = new Map<object, unknown>();
  const secretive = new Set<object>();
  let left = mostParts;
  // Those that are found on the way are looked at too.
  for (const object of holders.keys()) {
    const kind = left > 0 ? kindOf(object) : 'leaf';
    left -= sizeOf(object, kind);
    if (kind === 'leaf' || left <= 0) {
      const other = left > 0 ? leafInstead(object, texts) : shownAs(object);
      if (other === object) continue;
      instead.set(object, other);
      secretive.add(object);
      continue;
    }
    for (const part of partsOf(object, kind)) {
      left--;
      if (!isObject(part)) {
        if (texts.hasSecret(part)) secretive.add(object);
      } else {
        const others = holders.get(part);
        if (others) others.push(object);
        else holders.set(part, [object]);
      }
    }
  }
  // What holds something secretive is secretive too, and is added on the way.
  for (const object of secretive) for (const holder of holders.get(object) ?? []) secretive.add(holder);
  return { secretive, instead };
}

class Copier {
  readonly #survey: Survey;
  readonly #texts: Texts;
  /** From what it is a copy of; those that are made on the way are filled too. */
  readonly #copies = new Map<object, object>();

  constructor(survey: Survey, texts: Texts) {
    this.#survey = survey;
    this.#texts = texts;
  }

  copyAll(root: object, copied: Copied): unknown {
    const result = this.#copy(root);
    for (const [source, target] of this.#copies) {
      this.#fill(source, target);
      keepRetryable(source, target);
      copied(source, target);
    }
    return result;
  }

  #copy(value: unknown): unknown {
    if (!isObject(value)) return this.#texts.cleaned(value);
    const { secretive, instead } = this.#survey;
    if (!secretive.has(value)) return value;
    if (instead.has(value)) return instead.get(value);
    const known = this.#copies.get(value);
    if (known) return known;
    const made = emptyLike(value);
    this.#copies.set(value, made);
    return made;
  }

  #fill(source: object, target: object): void {
    const kind = kindOf(source);
    if (kind === 'map') {
      for (const [key, item] of Map.prototype.entries.call(source)) {
        (target as Map<unknown, unknown>).set(this.#copy(key), this.#copy(item));
      }
    }
    if (kind === 'set') {
      for (const item of Set.prototype.values.call(source)) (target as Set<unknown>).add(this.#copy(item));
    }
    if (kind === 'error') {
      for (const [key, text] of errorTexts(source as Error)) {
        const enumerable = Object.getOwnPropertyDescriptor(source, key)?.enumerable ?? false;
        const attributes = { writable: true, configurable: true, enumerable };
        Object.defineProperty(target, key, dataProperty(this.#copy(text), attributes));
      }
    }
    for (const [key, property] of propertiesOf(source, kind)) {
      const name = this.#texts.cleaned(key) as PropertyKey;
      Object.defineProperty(target, name, dataProperty(this.#copy(property.value), property));
    }
  }
}

function emptyLike(value: object): object {
  const kind = kindOf(value);
  if (kind === 'map') return new Map();
  if (kind === 'set') return new Set();
  if (kind === 'array') return new Array((value as unknown[]).length);
  const prototype: object | null = Object.getPrototypeOf(value);
  if (kind !== 'error') return Object.create(prototype);
  const error = new Error();
  // V8 makes the stack when somebody looks, and asks the class then.
  error.stack = '';
  return Object.setPrototypeOf(error, prototype);
}
