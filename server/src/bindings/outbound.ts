// What functions may fetch from: the rules of their tenant's tier, kept by the library's own policy. Without rules nothing.
import { type EgressOptions, egress } from 'isolet';
import type { FetchLimits } from '../config/binding-limits.ts';

type Fetch = ReturnType<typeof egress>;

/** The function `web.fetch` of a pool. */
export function makeOutbound(limitsOf: (tenant: string) => FetchLimits): Fetch {
  /** One for each set of rules; tiers are few, and what is known of connections belongs to it. */
  const known = new Map<FetchLimits, Fetch>();
  return (request, caller) => {
    const limits = limitsOf(caller.tenantId as string);
    const fetch = known.get(limits) ?? egress(optionsOf(limits));
    known.set(limits, fetch);
    return fetch(request, caller);
  };
}

function optionsOf({ allow, deny, ports, requests, requestBytes, responseBytes, timeout }: FetchLimits): EgressOptions {
  return {
    ...(allow.includes('*') ? {} : { allow }),
    deny,
    ports,
    maxRequests: requests,
    maxRequestBytes: requestBytes,
    maxResponseBytes: responseBytes,
    timeout,
  };
}
