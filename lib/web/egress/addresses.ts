import type { IPv4, IPv6 } from 'ipaddr.js';
import { dependencies } from './dependencies.ts';

export type Address = IPv4 | IPv6;

/** Addresses under which clouds tell a machine its credentials; some of them look public. */
const metadata: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
]);

/** Kinds of IPv6 addresses behind which an IPv4 address hides, and no need for one. */
const neverOpened: ReadonlySet<string> = new Set(['ipv4Mapped', 'rfc6145', '6to4', 'teredo']);

/** An address in the form that URLs and resolvers give it, without brackets. */
export function parseAddress(text: string): Address | undefined {
  const { ipaddr } = dependencies();
  // Only whole spellings: others are names here, and URLs hold none.
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}

/** `'public'`, or why it is not. */
export function kindOf(address: Address): string {
  if (metadata.has(address.toString())) return 'metadata';
  const range = address.range();
  if (range !== 'unicast') return range;
  // Of IPv6 only 2000::/3 is given out; elsewhere are IPv4-compatible addresses, for one.
  return address.kind() === 'ipv4' || (address.toByteArray()[0] as number) >> 5 === 1 ? 'public' : 'unassigned';
}

/** Addresses that begin alike. */
export class AddressRange {
  readonly #first: Address;
  readonly #prefix: number;
  /** The kind of all its addresses, if they are of one. */
  readonly #kind: string | undefined;

  constructor(first: Address, prefix: number) {
    this.#first = first;
    this.#prefix = prefix;
    const { IPv4, IPv6 } = dependencies().ipaddr;
    const text = `${first.toString()}/${prefix}`;
    const [lowest, highest] =
      first.kind() === 'ipv4'
        ? [IPv4.networkAddressFromCIDR(text), IPv4.broadcastAddressFromCIDR(text)]
        : [IPv6.networkAddressFromCIDR(text), IPv6.broadcastAddressFromCIDR(text)];
    const kind = kindOf(lowest);
    this.#kind = kind === kindOf(highest) ? kind : undefined;
  }

  /** `10.0.0.0/8`, `::1`; undefined for what is none. */
  static parse(text: string): AddressRange | undefined {
    const [head = '', prefix, ...more] = text.split('/');
    const address = parseAddress(head);
    if (!address || more.length > 0) return undefined;
    const bits = address.kind() === 'ipv4' ? 32 : 128;
    if (prefix === undefined) return new AddressRange(address, bits);
    const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : bits + 1;
    return length <= bits ? new AddressRange(address, length) : undefined;
  }

  has(address: Address): boolean {
    return address.kind() === this.#first.kind() && address.match(this.#first as never, this.#prefix as never);
  }

  /**
   * Whether it lets requests go to an address of its own that is not public. A range that holds public ones as well, such
   * as `0.0.0.0/0`, does not mean those that are not.
   */
  opens(address: Address): boolean {
    const kind = kindOf(address);
    if (kind === 'metadata') return this.#prefix === address.toByteArray().length * 8;
    if (neverOpened.has(kind) || kind !== this.#kind) return false;
    return kind !== 'rfc6052' || kindOf(embedded(address)) === 'public';
  }
}

/** What a gateway makes of an address of its own network. */
function embedded(address: Address): Address {
  return dependencies().ipaddr.fromByteArray(address.toByteArray().slice(-4));
}
