import type { FetchCaller } from './web.ts';

/**
 * Where requests go: a host (`api.example.com`), all hosts below one (`*.example.com`), one port of either
 * (`api.example.com:8443`), an address or a range of addresses (`10.1.0.0/16`, `[fd00::1]:8080`), or a function that
 * decides for each request.
 */
export type EgressRule = string | ((url: URL, caller: FetchCaller) => boolean | PromiseLike<boolean>);

/** A request that is over, for logs and bills. */
export interface EgressRecord {
  method: string;
  /** Where it went in the end. */
  url: string;
  /** Of the answer, if there was one. */
  status?: number | undefined;
  /** How many redirects were followed. */
  redirects: number;
  bytesSent: number;
  bytesReceived: number;
  /** In ms, to the end of the answer's body. */
  durationMs: number;
  /** Why it failed: an `EgressError`, or the reason for which the guest or its host gave it up. */
  error?: unknown;
}

/** What guests may fetch. `Infinity` switches a limit off. */
export interface EgressOptions {
  /**
   * Where requests may go: rules of which one has to hold. A range of addresses also lets those through that are not
   * public, if all of it is of that kind. Default: every public address.
   */
  allow?: EgressRule | readonly EgressRule[] | undefined;
  /** Where they may not, whatever `allow` says. A range holds for every name that stands for an address in it. */
  deny?: EgressRule | readonly EgressRule[] | undefined;
  /** Ports, beside those that rules of `allow` name. Default `[80, 443]`. */
  ports?: readonly number[] | undefined;
  /** Requests of one invocation, or of one call of a runtime without invocations; redirects count. Default 50. */
  maxRequests?: number | undefined;
  /** Bytes of one request's body. Default 10 MiB. */
  maxRequestBytes?: number | undefined;
  /** Bytes of one answer's body, as the guest gets it: unpacked. Default 10 MiB. */
  maxResponseBytes?: number | undefined;
  /** ms from a request to the end of its answer. Default 30000. */
  timeout?: number | undefined;
  /** Redirects that one request may follow. Default 10. */
  redirects?: number | undefined;
  /** The addresses of a name. Default: those that the system knows (`dns.lookup`). What it answers is checked. */
  lookup?: ((hostname: string) => readonly string[] | PromiseLike<readonly string[]>) | undefined;
  /** Told of every request when it is over, also if it was refused. */
  onFetch?: ((record: EgressRecord, caller: FetchCaller) => void) | undefined;
}
