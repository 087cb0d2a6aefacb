import type { Runtime } from 'isolet';
import { expect } from 'vitest';

/** The value an expression stands for, on the host. */
export function hostValue(expression: string): unknown {
  return new Function(`'use strict'; return (${expression});`)();
}

/** Carries values over one of the four ways between host and guest. */
export interface Path {
  name: string;
  /** Takes the value of `expression` over and checks it on the other side with `check`, the source of a predicate. */
  carry(runtime: Runtime, expression: string, check: string): void;
  /** What a value that can't cross does. `where` is how its place is called there. */
  refuse(runtime: Runtime, expression: string): { error: unknown; where: string };
}

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('It crossed.');
}

function checkHere(value: unknown, check: string): void {
  expect(hostValue(check), `check: ${check}`).toSatisfy((predicate) => (predicate as (x: unknown) => boolean)(value));
}

function checkInGuest(answer: unknown, check: string): void {
  expect(answer, `in the guest: ${check}`).toBe(true);
}

export const paths: Path[] = [
  {
    name: 'as a result',
    carry: (runtime, expression, check) => checkHere(runtime.eval(`(${expression})`), check),
    refuse: (runtime, expression) => ({ error: caught(() => runtime.eval(`(${expression})`)), where: 'result' }),
  },
  {
    name: 'as an argument of a host call',
    carry(runtime, expression, check) {
      let seen: unknown;
      runtime.bindFunction('put', (_first, value) => {
        seen = value;
      });
      runtime.eval(`put(0, (${expression}))`);
      checkHere(seen, check);
    },
    refuse(runtime, expression) {
      let called = false;
      runtime.bindFunction('put', () => {
        called = true;
      });
      const error = caught(() => runtime.eval(`put(0, (${expression}))`));
      expect(called, 'the host function is not called').toBe(false);
      return { error, where: 'arguments[1]' };
    },
  },
  {
    name: 'as an argument of a call',
    carry(runtime, expression, check) {
      using fn = runtime.eval<((first: number, value: unknown) => unknown) & Disposable>(`(first, x) => (${check})(x)`);
      checkInGuest(fn(0, hostValue(expression)), check);
    },
    refuse(runtime, expression) {
      using fn = runtime.eval<((first: number, value: unknown) => unknown) & Disposable>(
        '() => { globalThis.ran = 1; }',
      );
      const error = caught(() => fn(0, hostValue(expression)));
      expect(runtime.eval('globalThis.ran'), 'the guest function is not called').toBe(undefined);
      return { error, where: 'arguments[1]' };
    },
  },
  {
    name: 'as the result of a host function',
    carry(runtime, expression, check) {
      runtime.bindFunction('get', () => hostValue(expression));
      checkInGuest(runtime.eval(`(${check})(get())`), check);
    },
    refuse(runtime, expression) {
      runtime.bindFunction('get', () => hostValue(expression));
      return { error: caught(() => runtime.eval('get(); 0')), where: 'result' };
    },
  },
];
