import type { StandardSchemaV1 } from '@standard-schema/spec';
import { invalidType } from '../../options/invalid.ts';
import type { CallerContext } from '../invocation.ts';
import { invalidArgument } from '../refusal.ts';
import { checkApiName, checkDeclaration, checkNamespace } from './check.ts';

/** A host function that is called with the guest's arguments and nothing else. */
// biome-ignore lint/suspicious/noExplicitAny: the guest decides what it passes; a schema makes it certain
export type PlainApi = (...args: any[]) => unknown;

/** One schema for the only argument, or one for each. */
type Schemas = StandardSchemaV1 | readonly StandardSchemaV1[];

type OutputOf<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : unknown;

// biome-ignore-start lint/suspicious/noExplicitAny: see PlainApi
/** What a handler is called with after the caller: what its input schemas answer; without any, whatever came. */
export type ApiArguments<Input> = 0 extends 1 & Input
  ? any[]
  : Input extends StandardSchemaV1
    ? [OutputOf<Input>]
    : Input extends readonly StandardSchemaV1[]
      ? { -readonly [I in keyof Input]: OutputOf<Input[I]> }
      : any[];

type List<T> = T extends any[] ? T : any[];

/**
 * A platform API with rules of its own. `Input` is inferred where an API is declared inside the constructor's argument:
 * the handler's parameters have the types that its schemas answer.
 */
export interface ApiDeclaration<Input = any> {
  /** Receives the caller first, then the guest's arguments (as the input schema left them). */
  handler: (caller: CallerContext, ...args: List<ApiArguments<Input>>) => unknown;
  /**
   * A Standard Schema (zod, valibot, arktype …) for the only argument, or a list with one for each argument. Without
   * it any number of arguments is passed on as it came.
   */
  input?: (Input & Schemas) | undefined;
  /** A Standard Schema for the answer. What does not pass it never reaches the guest. */
  output?: StandardSchemaV1 | undefined;
  /** Limit in ms on one call of an API that answers with a promise. Default: that of the invocation. */
  timeout?: number | undefined;
  /** Calls one invocation may make. Default: no limit of its own. */
  maxCalls?: number | undefined;
}

/** APIs under a common name: `kv.get`, `kv.put`. */
export type ApiNamespace<Inputs = any> = { [Name in keyof Inputs]: ApiEntry<Inputs[Name]> } & { handler?: never };

export type ApiEntry<Input = any> = PlainApi | ApiDeclaration<Input> | ApiNamespace<Input>;

/**
 * Names to functions, declarations, or namespaces of these: `{ log, kv: { get, put } }`. `Inputs` has the same shape with
 * the declarations' input schemas; it is inferred.
 */
export type PlatformApi<Inputs = any> = { [Name in keyof Inputs]: ApiEntry<Inputs[Name]> };
// biome-ignore-end lint/suspicious/noExplicitAny: see PlainApi

/** A platform API under its full name, such as `kv.get`. */
export interface NamedApi extends ApiDeclaration {
  readonly name: string;
  readonly path: readonly string[];
  /** The platform's own function, to tell sync from async ones. */
  readonly original: PlainApi;
}

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
