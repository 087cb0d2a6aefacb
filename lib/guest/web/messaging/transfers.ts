/**
 * A transfer list while a value is cloned. What it holds is moved when all else has been copied, for a failure must leave it
 * as it was: until then a `Late` stands for it.
 */
import { type InterfaceShape, interfaceOf, isArrayBuffer } from '../base/webidl.ts';
import { byEngine, neverTransferred, notTransferred } from './clone-failure.ts';

/** A value of the copy that does not exist yet. */
export class Late {
  value: unknown = undefined;
}

interface Transfer {
  from: object;
  shape: InterfaceShape | undefined;
  late: Late;
}

const { get, has, set } = Map.prototype;
const { apply } = Reflect;
const { byteLength } = Object.getOwnPropertyDescriptors(ArrayBuffer.prototype);
const detachedProbe = Uint8Array;

function isDetached(buffer: ArrayBuffer): boolean {
  if (apply(byteLength.get as () => number, buffer, []) > 0) return false;
  try {
    new detachedProbe(buffer);
    return false;
  } catch {
    return true;
  }
}

export class Transfers {
  readonly #list: Transfer[] = [];
  readonly #byObject = new Map<object, Late>();
  /** What has to be done once everything has been moved, in this order. */
  readonly #steps: (() => void)[] = [];

  constructor(list: readonly object[]) {
    for (let i = 0; i < list.length; i++) {
      const from = list[i] as object;
      const shape = isArrayBuffer(from) ? undefined : interfaceOf(from);
      if (!shape?.transfer && !isArrayBuffer(from)) {
        throw neverTransferred(shape?.name);
      }
      if (apply(has, this.#byObject, [from])) throw notTransferred('An object is in the transfer list twice');
      const late = new Late();
      apply(set, this.#byObject, [from, late]);
      this.#list.push({ from, shape, late });
    }
  }

  find(object: object): Late | undefined {
    return apply(get, this.#byObject, [object]);
  }

  later(step: () => void): void {
    this.#steps.push(step);
  }

  /** Moves everything; the copy is complete then. */
  finish(): object[] {
    for (let i = 0; i < this.#list.length; i++) {
      const { from, shape } = this.#list[i] as Transfer;
      if (!shape && isDetached(from as ArrayBuffer))
        throw notTransferred('An ArrayBuffer of the transfer list is detached');
    }
    const moved: object[] = [];
    for (let i = 0; i < this.#list.length; i++) {
      const { from, shape, late } = this.#list[i] as Transfer;
      const to = shape?.transfer ? shape.transfer(from as never) : byEngine(from, [from]);
      late.value = to;
      moved.push(to);
    }
    for (let i = 0; i < this.#steps.length; i++) (this.#steps[i] as () => void)();
    return moved;
  }
}
