/**
 * Structured cloning (https://html.spec.whatwg.org/#safe-passing-of-structured-data) of values that may have objects of the
 * platform in them. Containers are walked here; what has no other objects in it V8's own serializer copies, one at a time.
 */
import { ops } from '../base/ops.ts';
import { type ViewParts, viewLike, viewParts } from '../base/views.ts';
import { interfaceOf } from '../base/webidl.ts';
import { cloneError } from './clone-error.ts';
import { byEngine, notCloned, outOfBounds } from './clone-failure.ts';
import { Containers } from './containers.ts';
import { Kind } from './kinds.ts';
import { Late, Transfers } from './transfers.ts';

/** The copy, and what was transferred, in the order of the list. */
export interface Cloned {
  value: unknown;
  transferred: object[];
}

/** A copy of `value`. */
export function clone(value: unknown): unknown {
  return new Cloner(undefined).copy(value);
}

/** A copy in which what `transfer` lists is moved. */
export function cloneWithTransfer(value: unknown, transfer: readonly object[]): Cloned {
  if (transfer.length === 0) return { value: clone(value), transferred: [] };
  const transfers = new Transfers(transfer);
  const copy = new Cloner(transfers).copy(value);
  const transferred = transfers.finish();
  return { value: copy instanceof Late ? copy.value : copy, transferred };
}

const { get, set } = Map.prototype;
const { apply } = Reflect;

function partsOfView(view: ArrayBufferView): ViewParts {
  try {
    return viewParts(view);
  } catch {
    throw outOfBounds();
  }
}

class Cloner {
  readonly #known = new Map<object, unknown>();
  readonly #containers: Containers;
  readonly #transfers: Transfers | undefined;

  constructor(transfers: Transfers | undefined) {
    this.#transfers = transfers;
    this.#containers = new Containers(
      (value) => this.copy(value),
      (from, to) => this.#remember(from, to),
      transfers,
    );
  }

  copy(value: unknown): unknown {
    if (typeof value === 'symbol' || typeof value === 'function') throw notCloned(value);
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#find(value);
    if (known !== undefined) return known;
    const kind = ops.clone.kind(value);
    if (kind === Kind.ordinary || kind === Kind.error) {
      const shape = interfaceOf(value);
      if (shape) {
        if (!shape.clone) throw notCloned(value, shape.name);
        return this.#remember(
          value,
          shape.clone(value as never, (inner) => this.copy(inner) as typeof inner),
        );
      }
    }
    switch (kind) {
      case Kind.ordinary:
        return this.#containers.object(value);
      case Kind.array:
        return this.#containers.array(value as unknown[]);
      case Kind.map:
        return this.#containers.map(value as Map<unknown, unknown>);
      case Kind.set:
        return this.#containers.set(value as Set<unknown>);
      case Kind.error: {
        const remember = (to: Error) => this.#remember(value, to);
        return cloneError(value as Error, remember, (inner) => this.copy(inner));
      }
      case Kind.view:
        return this.#view(value as ArrayBufferView);
      case Kind.leaf:
        return this.#remember(value, byEngine(value));
      default:
        throw notCloned(value);
    }
  }

  #find(object: object): unknown {
    return apply(get, this.#known, [object]) ?? this.#transfers?.find(object);
  }

  #remember<T extends object>(from: object, to: T): T {
    apply(set, this.#known, [from, to]);
    return to;
  }

  /** Views of one buffer are views of one copy. */
  #view(view: ArrayBufferView): unknown {
    const parts = partsOfView(view);
    const buffer = this.#find(parts.buffer);
    if (buffer === undefined) {
      const copy = byEngine(view);
      this.#remember(parts.buffer, viewParts(copy).buffer);
      return this.#remember(view, copy);
    }
    if (!(buffer instanceof Late)) return this.#remember(view, viewLike(parts, buffer as ArrayBuffer));
    return this.#remember(view, this.#lateView(parts, buffer));
  }

  #lateView(parts: ViewParts, buffer: Late): Late {
    const late = new Late();
    this.#transfers?.later(() => {
      late.value = viewLike(parts, buffer.value as ArrayBuffer);
    });
    return late;
  }
}
