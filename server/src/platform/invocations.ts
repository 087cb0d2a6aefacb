import {
  type DetailedResult,
  FunctionNotFoundError,
  type HttpAnswer,
  type HttpRequest,
  type InvokeOptions,
  VersionNotFoundError,
} from 'isolet';
import type { VersionChoice } from './loaded-functions.ts';
import type { PlatformParts } from './parts.ts';

/** One invocation: which version, and what isolet's `invoke` takes. */
export interface Invocation extends VersionChoice, Omit<InvokeOptions, 'detailed'> {}

/** Runs functions. */
export class Invocations {
  readonly #parts: PlatformParts;

  constructor(parts: PlatformParts) {
    this.#parts = parts;
  }

  /**
   * Runs a function on an event.
   *
   * @throws {ServerError} if there is no such function. @throws what isolet's `invoke` throws
   */
  invoke(tenant: string, name: string, event: unknown, options: Invocation = {}): Promise<DetailedResult> {
    const { version, alias, ...rest } = options;
    return this.#run(tenant, name, { version, alias }, (chosen) =>
      this.#parts.runtime.invoke(tenant, name, event, { ...rest, alias: chosen, detailed: true }),
    );
  }

  /** Has the `fetch` handler of a function answer a request. @throws as `invoke` */
  fetch(tenant: string, name: string, request: Request, options: Invocation = {}): Promise<DetailedResult<Response>> {
    const { version, alias, ...rest } = options;
    return this.#run(tenant, name, { version, alias }, (chosen) =>
      this.#parts.runtime.fetch(tenant, name, request, { ...rest, alias: chosen, detailed: true }),
    );
  }

  /** Has a function answer a request, whatever kind of function it is. @throws as `invoke` */
  respond(
    tenant: string,
    name: string,
    request: HttpRequest,
    choice: VersionChoice,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    return this.#run(tenant, name, choice, (chosen) =>
      this.#parts.runtime.respond(tenant, name, request, { alias: chosen, signal }),
    );
  }

  async #run<T>(tenant: string, name: string, choice: VersionChoice, start: (alias: string) => Promise<T>): Promise<T> {
    const { loaded } = this.#parts;
    try {
      return await start(await loaded.prepare(tenant, name, choice));
    } catch (error) {
      // It went while this was on its way; nothing was started.
      if (!(error instanceof VersionNotFoundError || error instanceof FunctionNotFoundError)) throw error;
    }
    return start(await loaded.prepare(tenant, name, choice));
  }
}
