import { checkFunction, checkInteger, checkOptions, maxMilliseconds } from '../../options/check.ts';
import type { EgressOptions } from '../../options/egress.ts';
import { invalidNumber, invalidRange, invalidType } from '../../options/invalid.ts';
import { Rules } from './rules.ts';

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
