import { dataProperty } from '../shared/own.ts';
import { nameError } from './brand.ts';

/**
 * Why `egress` gave no answer. Most are names of its options; `scheme`, `credentials`: the URL is none it takes;
 * `downgrade`: a redirect from `https:` to `http:`; `address`: a name, or the host itself, stands for an address that is
 * not public; `network`: nothing was refused, but the other side could not be reached or broke off.
 */
export type EgressReason =
  | 'scheme'
  | 'credentials'
  | 'allow'
  | 'deny'
  | 'ports'
  | 'address'
  | 'redirects'
  | 'downgrade'
  | 'maxRequests'
  | 'maxRequestBytes'
  | 'maxResponseBytes'
  | 'timeout'
  | 'network';

/** What of it only the host sees. */
export interface EgressErrorInit {
  /** The address that was refused. */
  address?: string | undefined;
  /** What was thrown by whoever was asked: the network, a rule of the host. */
  original?: unknown;
}

/** A request of a guest that `egress` refused or could not make. The guest gets it as the TypeError that it is. */
export class EgressError extends TypeError {
  readonly code = 'ERR_ISOLET_EGRESS';
  /** Why. */
  readonly reason: EgressReason;
  /** The address that was asked for: the guest's, or that of a redirect. */
  readonly url: string;
  // Not enumerable, so that guests do not get them.
  /** The network address that was refused, if one was. */
  declare readonly address: string | undefined;
  /** What the network or a rule of the host threw, if that was the reason. */
  declare readonly original: unknown;

  constructor(reason: EgressReason, message: string, url: string, { address, original }: EgressErrorInit = {}) {
    super(message);
    this.reason = reason;
    this.url = url;
    Object.defineProperty(this, 'address', dataProperty(address));
    Object.defineProperty(this, 'original', dataProperty(original));
  }

  /** The network may be better a moment later; rules are not. */
  get retryable(): boolean {
    return this.reason === 'network' || this.reason === 'timeout';
  }
}
nameError(EgressError, 'EgressError', 'TypeError');
