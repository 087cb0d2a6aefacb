import { EgressError, type EgressReason } from '../../errors/egress-error.ts';
import type { FetchCaller } from '../../options/web.ts';
import { kindOf, parseAddress } from './addresses.ts';
import type { ResolvedEgress } from './options.ts';
import { hostOf, portOf, Rules } from './rules.ts';

/** What lets a request through: its name, or else the addresses that it stands for. */
export type Admission = 'name' | 'address';

/** The rules of one `egress`, asked twice: for a request, and for the address that a connection would go to. */
export class Policy {
  readonly #options: ResolvedEgress;
  readonly #allow: Rules;

  constructor(options: ResolvedEgress) {
    this.#options = options;
    this.#allow = options.allow ?? new Rules([], 'allow');
  }

  /** Throws if no address at all would do. */
  async admit(url: URL, caller: FetchCaller): Promise<Admission> {
    const refuse = (reason: EgressReason, why: string) => refusal(reason, why, url);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('scheme', `the scheme '${url.protocol}'`);
    if (url.username !== '' || url.password !== '') throw refuse('credentials', 'a URL with a name or a password');
    if ((await this.#ask(this.#options.deny, url, caller, 'deny')).length > 0) throw refuse('deny', hostOf(url));
    const named = this.#options.allow ? await this.#ask(this.#allow, url, caller, 'allow') : [{ port: undefined }];
    const port = portOf(url);
    const isOpen = ({ port: own }: { port: string | undefined }) => isPort(own, port, this.#options.ports);
    if (named.some(isOpen)) return 'name';
    if (this.#allow.ranges.some(isOpen)) return 'address';
    const byPort = named.length > 0 || this.#allow.ranges.length > 0;
    throw byPort ? refuse('ports', `port ${port}`) : refuse('allow', hostOf(url));
  }

  /** Why no connection goes to this address, if so. */
  judge(text: string, port: string, admission: Admission): EgressReason | undefined {
    const address = parseAddress(text);
    if (!address) return 'address';
    const fits = ({ port: own }: { port: string | undefined }) => own === undefined || own === port;
    if (this.#options.deny.rangesOf(address).some(fits)) return 'deny';
    const isPublic = kindOf(address) === 'public';
    const ranges = this.#allow.rangesOf(address).filter(({ range }) => isPublic || range.opens(address));
    if (ranges.length === 0) return isPublic ? (admission === 'name' ? undefined : 'allow') : 'address';
    // Of a name the port was looked at.
    const isOpen = ({ port: own }: { port: string | undefined }) =>
      admission === 'name' ? isPublic || fits({ port: own }) : isPort(own, port, this.#options.ports);
    return ranges.some(isOpen) ? undefined : 'ports';
  }

  async #ask(rules: Rules, url: URL, caller: FetchCaller, reason: 'allow' | 'deny') {
    try {
      return await rules.names(url, caller);
    } catch (original) {
      throw new EgressError(reason, 'fetch was refused: whether it is allowed could not be found out', url.href, {
        original,
      });
    }
  }
}

/** `own`: of the rule, which then decides alone. */
const isPort = (own: string | undefined, port: string, ports: ReadonlySet<string>): boolean =>
  own === undefined ? ports.has(port) : own === port;

const because: Partial<Record<EgressReason, string>> = {
  allow: 'it is not among the hosts that may be fetched from',
  deny: 'it is among the hosts that may not be fetched from',
  ports: 'it is not among the ports that may be used',
  scheme: 'only http: and https: can be fetched',
  credentials: 'send a header instead',
  address: 'it does not stand for a public address',
};

/** For guests: names the rule, and nothing that they did not ask for. */
export function refusal(reason: EgressReason, what: string, url: URL, address?: string): EgressError {
  const why = because[reason];
  return new EgressError(reason, `fetch was refused (${reason}): ${what}${why ? `, ${why}` : ''}`, url.href, {
    address,
  });
}
