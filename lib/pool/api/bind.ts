import { isAllowed } from '../../shared/allowed.ts';
import { dataProperty } from '../../shared/own.ts';
import { type CallTarget, callApi } from './call.ts';
import type { NamedApi, PlainApi } from './declare.ts';

export interface Namespace {
  [name: string]: PlainApi | Namespace;
}

const isAsync = (fn: PlainApi): boolean => Object.prototype.toString.call(fn) === '[object AsyncFunction]';

/** The platform functions that a function may use, as globals of its guest; the others do not exist for it. */
export function apiGlobals(
  apis: readonly NamedApi[],
  allowed: readonly string[] | undefined,
  target: CallTarget,
): Namespace {
  const root: Namespace = {};
  for (const api of apis) {
    if (!isAllowed(api.name, allowed)) continue;
    let place = root;
    for (const part of api.path.slice(0, -1)) {
      if (!Object.hasOwn(place, part)) Object.defineProperty(place, part, property({}));
      place = place[part] as Namespace;
    }
    Object.defineProperty(place, api.path.at(-1) as string, property(hostFunction(api, target)));
  }
  return root;
}

const property = (value: unknown): PropertyDescriptor =>
  dataProperty(value, { enumerable: true, writable: true, configurable: true });

/** Async functions stay recognisably async: the guest is not held up while one of them starts. */
function hostFunction(api: NamedApi, target: CallTarget): PlainApi {
  const call = (args: unknown[]) => callApi(api, target, target.caller(), args);
  return isAsync(api.original) ? async (...args: unknown[]) => call(args) : (...args: unknown[]) => call(args);
}
