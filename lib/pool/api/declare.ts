import type { StandardSchemaV1 } from '@standard-schema/spec';
import { invalidType } from '../../options/invalid.ts';
import type { CallerContext } from '../invocation.ts';
import { invalidArgument } from '../refusal.ts';
import { checkApiName, checkDeclaration, checkNamespace } from './check.ts';

/** A host function that is called with the guest's arguments and nothing else. */
// biome-ignore lint/suspicious/noExplicitAny: the guest decides what it passes; a schema makes it certain
export type PlainApi = (...args: any[]) => unknown;

/** A platform API with rules of its own. */
export interface ApiDeclaration {
  /** Receives the caller first, then the guest's arguments (as the input schema left them). */
  // biome-ignore lint/suspicious/noExplicitAny: see PlainApi
  handler: (caller: CallerContext, ...args: any[]) => unknown;
  /**
   * A Standard Schema (zod, valibot, arktype …) for the only argument, or a list with one for each argument. Without
   * it any number of arguments is passed on as it came.
   */
  input?: StandardSchemaV1 | readonly StandardSchemaV1[] | undefined;
  /** A Standard Schema for the answer. What does not pass it never reaches the guest. */
  output?: StandardSchemaV1 | undefined;
  /** Limit in ms on one call of an API that answers with a promise. Default: that of the invocation. */
  timeout?: number | undefined;
  /** Calls one invocation may make. Default: no limit of its own. */
  maxCalls?: number | undefined;
}

/** APIs under a common name: `kv.get`, `kv.put`. */
export type ApiNamespace = { [name: string]: ApiEntry } & { handler?: never };

export type ApiEntry = PlainApi | ApiDeclaration | ApiNamespace;

/** Names to functions, declarations, or namespaces of these: `{ log, kv: { get, put } }`. */
export interface PlatformApi {
  [name: string]: ApiEntry;
}

/** A platform API under its full name, such as `kv.get`. */
export interface NamedApi extends ApiDeclaration {
  readonly name: string;
  readonly path: readonly string[];
  /** The platform's own function, to tell sync from async ones. */
  readonly original: PlainApi;
}

const MAX_NESTING = 32;

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
