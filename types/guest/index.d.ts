/// <reference path="./console.d.ts" />
/// <reference path="./crypto.d.ts" />
/// <reference path="./crypto-algorithms.d.ts" />
/// <reference path="./encoding.d.ts" />
/// <reference path="./events.d.ts" />
/// <reference path="./fetch.d.ts" />
/// <reference path="./file-reader.d.ts" />
/// <reference path="./files.d.ts" />
/// <reference path="./globals.d.ts" />
/// <reference path="./messaging.d.ts" />
/// <reference path="./performance.d.ts" />
/// <reference path="./streams.d.ts" />
/// <reference path="./url.d.ts" />
/// <reference path="./webassembly.d.ts" />

/**
 * What a function's code is written against: its handlers, and the globals of a guest with the option `web`. Nothing of
 * Node and nothing of documents is there. Types only.
 *
 * @example
 * ```ts
 * import type { Handler } from 'isolet/guest';
 *
 * interface Env {
 *   GREETING: string;
 *   kv: { get(key: string): Promise<string | undefined> };
 * }
 *
 * export default {
 *   async fetch(request, env, ctx) {
 *     const { pathname } = new URL(request.url);
 *     const value = await env.kv.get(pathname);
 *     ctx.log(`asked for ${pathname}`);
 *     return value === undefined ? new Response('not found', { status: 404 }) : new Response(`${env.GREETING} ${value}`);
 *   },
 * } satisfies Handler<Env>;
 * ```
 */

/**
 * Variables, secrets and platform APIs, by their names. Say what your function has either here, for all of a project
 * (`declare module 'isolet/guest' { interface Env { KEY: string } }`), or as `Handler<MyEnv>`.
 */
export interface Env {}

/** A method that is called by its name. What it answers is the answer of the invocation. */
export type Method<E = Env, Input = any, Result = unknown> = (
  input: Input,
  env: E,
  ctx: Context,
) => Result | Promise<Result>;

/** The default export of a function's module: `export default { … } satisfies Handler`. */
export interface Handler<E = Env> {
  /** Answers a request. */
  fetch?(request: Request, env: E, ctx: Context): Response | Promise<Response>;
  /** Runs when it is time. */
  scheduled?(event: ScheduledEvent, env: E, ctx: Context): unknown;
  /** What `invoke` calls, with an event of any kind, unless it names another method. */
  handler?(event: any, context: Context): unknown;
  /** Everything else that can be called by its name. */
  [method: string]: ((input: any, env: any, ctx: Context) => unknown) | undefined;
}

/** A function that is its own handler: `export default (async (event, context) => …) satisfies FunctionHandler`. */
export type FunctionHandler<Event = any, Result = unknown> = (
  event: Event,
  context: Context,
) => Result | Promise<Result>;

/** What is due. */
export interface ScheduledEvent {
  readonly type: 'scheduled';
  /** When it was due, in ms since the epoch. */
  readonly scheduledTime: number;
  /** The pattern by which it is due; empty if there is none. */
  readonly cron: string;
}

/** Writes a line into the invocation's log. */
export interface Log {
  (...values: unknown[]): void;
  debug(...values: unknown[]): void;
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

/** Of one invocation. */
export interface Context {
  readonly tenantId: string;
  readonly functionName: string;
  readonly version: string;
  readonly invocationId: string;
  /** The variables and secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** When the invocation is ended, in ms since the epoch. */
  readonly deadline: number;
  /** ms until then; never negative. */
  remainingTime(): number;
  readonly log: Log;
  /** Lets work go on after the answer, within limits of its own. */
  waitUntil(promise: Promise<unknown>): void;
}
