import { checkFunction, checkName, checkOptions, checkString } from './check.ts';
import { invalidRange, invalidType } from './invalid.ts';

/** Whose request it is that a host's `web.fetch` is to answer. */
export interface FetchCaller {
  /** What the host has attached to the call that the guest was in; `undefined` if nothing is known. */
  readonly context: unknown;
  /** The same object for all requests of one call; one for all calls of a guest that are forgotten. */
  readonly call?: object | undefined;
  /** Of the function that asks, in a pool. */
  readonly tenantId?: string | undefined;
  readonly functionName?: string | undefined;
  readonly version?: string | undefined;
  /** Not set while code is loaded. */
  readonly invocationId?: string | undefined;
}

/** What a host gives a guest as its network: answers a request of the guest. */
export type FetchCapability = (request: Request, caller: FetchCaller) => Response | Promise<Response>;

/** The web's APIs of a guest, see {@link RuntimeOptions.web}. */
export interface WebOptions {
  /**
   * What relative URLs of `fetch` and `Request` start from, an absolute URL; the guest sees it as the base of its own
   * address. Default: none, relative URLs are refused.
   */
  baseUrl?: string | undefined;
  /**
   * Answers the guest's `fetch`: gets a `Request` of Node's own class, whose signal aborts when the guest gives up or is
   * stopped, and answers a `Response`; both bodies are streams. What it throws is what the guest's `fetch` rejects with.
   * It is asked for `http:` and `https:` URLs of every host: it decides what a guest may reach. Default: none, the guest's
   * `fetch` rejects with a TypeError.
   */
  fetch?: FetchCapability | undefined;
  /** `navigator.userAgent` of the guest. Default `'isolet'`. */
  userAgent?: string | undefined;
  /**
   * How coarse the guest's clock (`performance.now()`, time stamps of events) is, in milliseconds, 0.005 to 1000. Coarse
   * clocks keep a guest from timing what others do. Default 0.1.
   */
  clockResolution?: number | undefined;
}

/** What `web` stands for once it was checked. */
export interface CheckedWeb {
  readonly baseUrl: string | undefined;
  readonly userAgent: string;
  readonly fetch: FetchCapability | undefined;
  readonly clockResolution: number;
}

/** Timers that a guest with the web's APIs may have at once if `maxTimers` says nothing. */
export const webTimers = 4096;

const names: ReadonlySet<string> = new Set(['baseUrl', 'userAgent', 'fetch', 'clockResolution']);
const longestText = 4096;

/** The option `web`: undefined where it was left out, false where it was refused. */
export function checkWeb(value: unknown): CheckedWeb | false | undefined {
  if (value === undefined || value === false) return value;
  if (value !== true && (typeof value !== 'object' || value === null)) {
    throw invalidType('web', value, 'a boolean or an object { baseUrl, userAgent, fetch, clockResolution }');
  }
  const given = checkOptions(value === true ? undefined : value, names, 'web');
  return {
    baseUrl: given.baseUrl === undefined ? undefined : checkBaseUrl(given.baseUrl),
    userAgent: given.userAgent === undefined ? 'isolet' : checkUserAgent(given.userAgent),
    fetch: given.fetch === undefined ? undefined : (checkFunction(given.fetch, 'web.fetch') as FetchCapability),
    clockResolution: given.clockResolution === undefined ? 0.1 : checkResolution(given.clockResolution),
  };
}

/** The web's APIs bring timers and streams: options that say otherwise contradict. */
export function checkWebNeeds(web: unknown, maxTimers: number | undefined, streams: boolean | undefined): void {
  if (!web) return;
  const without = "or left out, because the option 'web' needs it";
  if (maxTimers === 0) throw invalidRange('maxTimers', maxTimers, `at least 1 ${without}`);
  if (streams === false) throw invalidRange('streams', streams, `true ${without}`);
}

function checkBaseUrl(value: unknown): string {
  const text = checkShort(checkName(value, 'web.baseUrl'), 'web.baseUrl');
  if (!URL.canParse(text)) throw invalidRange('web.baseUrl', value, "an absolute URL, such as 'https://example.com/'");
  return new URL(text).href;
}

function checkUserAgent(value: unknown): string {
  const text = checkShort(checkString(value, 'web.userAgent'), 'web.userAgent');
  // It goes into a header.
  if (!/^[\x20-\x7e]*$/.test(text)) throw invalidRange('web.userAgent', value, 'printable ASCII characters');
  return text;
}

function checkResolution(value: unknown): number {
  if (typeof value !== 'number') throw invalidType('web.clockResolution', value, 'a number of milliseconds');
  if (!(value >= 0.005 && value <= 1000)) {
    throw invalidRange('web.clockResolution', value, 'a number of milliseconds from 0.005 to 1000');
  }
  return value;
}

function checkShort(text: string, option: string): string {
  if (text.length > longestText) throw invalidRange(option, text.length, `at most ${longestText} characters long`);
  return text;
}
