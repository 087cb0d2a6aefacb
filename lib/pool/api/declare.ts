import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { CallerContext } from '../report/invocation.ts';

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

/** What may stand under a name of a platform API: a function, one with rules of its own, or more names. */
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
