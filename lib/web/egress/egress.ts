import type { EgressOptions } from '../../options/egress.ts';
import type { FetchCapability } from '../../options/web.ts';
import { Exchange } from './exchange.ts';
import { Network } from './network.ts';
import { resolveEgress } from './options.ts';
import { Policy } from './policy.ts';

/**
 * A network for guests, with rules: what it answers is for `web.fetch`. Every address that a host's name stands for is
 * checked when a connection is made, and it is that address which is connected to; loopback, private, link-local,
 * metadata and all other addresses that are not public are refused unless `allow` has a range with them. Redirects are
 * followed here, each checked like a request of its own; authorization and cookies stay with the origin they were sent to.
 *
 * Guests get a refusal as a TypeError that names the rule. The host finds an `EgressError` in `onFetch`, and as what a
 * call failed with that did not catch it.
 *
 * Needs the packages `undici` and `ipaddr.js`, and loads them when it is called. Connections are kept for a few seconds
 * and shared by all guests that have the same answer of `egress`.
 *
 * @throws {InvalidArgTypeError} for wrong options; an `InvalidArgRangeError` for numbers and texts that make no sense.
 * @throws {DependencyError} if one of the packages is not installed.
 *
 * @example
 * ```js
 * const pool = new RuntimePool({}, {
 *   web: { fetch: egress({ allow: ['api.example.com', '*.example.org'], maxRequests: 10 }) },
 * });
 * await pool.close();
 * ```
 */
export function egress(options: EgressOptions = {}): FetchCapability {
  const resolved = resolveEgress(options);
  const policy = new Policy(resolved);
  const outlet = { options: resolved, policy, network: new Network(policy, resolved) };
  return (request, caller = { context: undefined }) => new Exchange(outlet, request, caller).run();
}
