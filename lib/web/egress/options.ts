import { checkFunction, checkInteger, checkOptions, maxMilliseconds } from '../../options/check.ts';
import { invalidNumber, invalidRange, invalidType } from '../../options/invalid.ts';
import type { FetchCaller } from '../../options/web.ts';
import { type EgressRule, Rules } from './rules.ts';

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

export interface ResolvedEgress {
  readonly allow: Rules | undefined;
  readonly deny: Rules;
  readonly ports: ReadonlySet<string>;
  readonly maxRequests: number;
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  readonly timeout: number;
  readonly redirects: number;
  readonly lookup: EgressOptions['lookup'];
  readonly onFetch: EgressOptions['onFetch'];
}

const mebibytes = 1024 * 1024;
const numbers = {
  maxRequests: 50,
  maxRequestBytes: 10 * mebibytes,
  maxResponseBytes: 10 * mebibytes,
  timeout: 30_000,
  redirects: 10,
};
const names: ReadonlySet<string> = new Set([...Object.keys(numbers), 'allow', 'deny', 'ports', 'lookup', 'onFetch']);

export function resolveEgress(given: unknown): ResolvedEgress {
  const options = checkOptions(given, names) as EgressOptions;
  const limits = { ...numbers };
  for (const name of Object.keys(numbers) as (keyof typeof numbers)[]) {
    limits[name] = checkLimit(options[name] ?? numbers[name], name);
  }
  return {
    ...limits,
    allow: options.allow === undefined ? undefined : new Rules(options.allow, 'allow'),
    deny: new Rules(options.deny ?? [], 'deny'),
    ports: new Set(checkPorts(options.ports ?? [80, 443])),
    lookup: options.lookup && (checkFunction(options.lookup, 'lookup') as EgressOptions['lookup']),
    onFetch: options.onFetch && (checkFunction(options.onFetch, 'onFetch') as EgressOptions['onFetch']),
  };
}

function checkLimit(value: unknown, option: keyof typeof numbers): number {
  const [least, most] = option === 'timeout' ? [1, maxMilliseconds] : [0, Number.MAX_SAFE_INTEGER];
  if (value === Number.POSITIVE_INFINITY || (typeof value === 'number' && value >= least && value <= most))
    return value;
  throw invalidNumber(option, value, `a number from ${least} to ${most}, or Infinity`);
}

function checkPorts(value: unknown): string[] {
  if (!Array.isArray(value)) throw invalidType('ports', value, 'a list of numbers');
  if (value.length === 0) throw invalidRange('ports', value, 'a list of at least one port');
  return value.map((port) => String(checkInteger(port, 'ports', 1, 65_535)));
}
