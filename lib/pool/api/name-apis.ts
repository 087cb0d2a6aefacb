import { invalidType } from '../../options/invalid.ts';
import { invalidArgument } from '../failures/refusal.ts';
import { checkApiName, checkDeclaration, checkNamespace } from './check.ts';
import type { NamedApi, PlatformApi } from './declare.ts';

const MAX_NESTING = 32;

const isClass = (value: unknown): boolean =>
  typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));

const named = (api: NamedApi): NamedApi => Object.assign(Object.create(null), api);

/** Flattens the platform's API. An object whose `handler` is a function is a declaration, any other a namespace. */
export function nameApis(api: PlatformApi, path: readonly string[] = []): NamedApi[] {
  if (typeof api !== 'object' || api === null) throw invalidType('platformApi', api, 'an object');
  if (path.length > MAX_NESTING) {
    throw invalidArgument(
      `platform API '${path.slice(0, 3).join('.')}…' is nested deeper than ${MAX_NESTING} namespaces, or in itself`,
      'platformApi',
    );
  }
  checkNamespace(api, path);
  return Object.entries(api).flatMap(([key, value]): NamedApi[] => {
    const here = [...path, key];
    const name = here.join('.');
    checkApiName(here);
    if (isClass(value)) throw invalidType(`platformApi.${name}`, value, 'a function that is called without new');
    if (typeof value === 'function') {
      return [named({ name, path: here, original: value, handler: (_caller, ...args) => value(...args) })];
    }
    if (typeof value !== 'object' || value === null) {
      throw invalidType(`platformApi.${name}`, value, 'a function, a declaration or a namespace');
    }
    const rules = checkDeclaration(value, name);
    if (!rules) return nameApis(value as PlatformApi, here);
    return [named({ ...rules, name, path: here, original: rules.handler })];
  });
}
