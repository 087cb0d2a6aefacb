import type { EgressRule } from '../../options/egress.ts';
import { invalidRange, invalidType } from '../../options/invalid.ts';
import type { FetchCaller } from '../../options/web.ts';
import { type Address, AddressRange } from './addresses.ts';

interface HostRule {
  readonly host: string;
  readonly below: boolean;
  readonly port: string | undefined;
}

interface RangeRule {
  readonly range: AddressRange;
  readonly port: string | undefined;
}

/** Without brackets, and without the dot that a name may end with. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$|\.+$/g, '');
export const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80');

/** A list of rules. */
export class Rules {
  readonly #hosts: HostRule[] = [];
  readonly #ranges: RangeRule[] = [];
  readonly #functions: Exclude<EgressRule, string>[] = [];

  constructor(given: unknown, option: string) {
    for (const rule of Array.isArray(given) ? given : [given]) {
      if (typeof rule === 'function') this.#functions.push(rule as Exclude<EgressRule, string>);
      else if (typeof rule === 'string') this.#add(rule, option);
      else throw invalidType(option, rule, 'a host, a range of addresses, a function, or a list of these');
    }
  }

  get ranges(): readonly RangeRule[] {
    return this.#ranges;
  }

  /** Which hold for the name of `url`. `ports`: of the rules that name one, theirs; else `undefined`. */
  async names(url: URL, caller: FetchCaller): Promise<{ readonly port: string | undefined }[]> {
    const host = hostOf(url);
    const found: { port: string | undefined }[] = this.#hosts.filter(
      ({ host: wanted, below, port }) =>
        (below ? host.endsWith(`.${wanted}`) : host === wanted) && (port === undefined || port === portOf(url)),
    );
    for (const decide of this.#functions) {
      const answer: unknown = await decide(new URL(url), caller);
      if (typeof answer !== 'boolean') throw new TypeError(`A rule answered ${typeof answer}, not true or false`);
      if (answer) found.push({ port: undefined });
    }
    return found;
  }

  /** Ranges that hold `address`. */
  rangesOf(address: Address): readonly RangeRule[] {
    return this.#ranges.filter(({ range }) => range.has(address));
  }

  #add(rule: string, option: string): void {
    const range = rangeRule(rule) ?? hostRule(rule);
    if (!range) {
      throw invalidRange(
        option,
        rule,
        "a host as 'example.com', '*.example.com' or 'example.com:8443', or a range as '10.0.0.0/8'",
      );
    }
    if ('range' in range) this.#ranges.push(range);
    else this.#hosts.push(range);
  }
}

/** `10.0.0.0/8`, `10.0.0.1`, `10.0.0.1:80`, `fd00::/8`, `::1`, `[::1]`, `[::1]:80` */
function rangeRule(rule: string): RangeRule | undefined {
  const [, bracketed, four, port] = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::(\d{1,5}))?$/.exec(rule) ?? [];
  const range = AddressRange.parse(bracketed ?? four ?? rule);
  return range && { range, port: port === undefined ? undefined : String(Number(port)) };
}

function hostRule(rule: string): HostRule | undefined {
  const [, star, host = '', port] = /^(\*\.)?([^*/?#@\\:\s]+)(?::(\d{1,5}))?$/.exec(rule) ?? [];
  if (host === '' || !URL.canParse(`http://${host}/`)) return undefined;
  const name = hostOf(new URL(`http://${host}/`));
  // A spelling of an address that names something else than it seems to.
  if (name === '' || AddressRange.parse(name)) return undefined;
  return { host: name, below: star !== undefined, port: port === undefined ? undefined : String(Number(port)) };
}
