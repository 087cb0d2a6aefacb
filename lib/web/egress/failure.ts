import { EgressError } from '../../errors/egress-error.ts';
import { Refused } from './network.ts';
import { refusal } from './policy.ts';
import { hostOf, portOf } from './rules.ts';

/** What went wrong on the network, without the addresses that errors of Node tell. */
const words: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  EHOSTUNREACH: 'the host can not be reached',
  ENETUNREACH: 'the host can not be reached',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is not trusted',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too large',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'the body is not as long as its content-length says',
};

/** What undici failed with, as an error for guest and host. */
export function failureOf(thrown: unknown, url: URL): EgressError {
  let code: unknown;
  for (let at = thrown; at instanceof Error; at = at.cause) {
    if (at instanceof EgressError) return at;
    if (at instanceof Refused) {
      return refusal(at.reason, at.reason === 'ports' ? `port ${portOf(url)}` : hostOf(url), url, at.address);
    }
    code = (at as NodeJS.ErrnoException).code ?? code;
  }
  const why =
    words[String(code)] ?? (/^HPE_/.test(String(code)) ? 'the answer is no HTTP' : 'the other side broke off');
  return new EgressError('network', `fetch failed: ${why}`, url.href, { original: thrown });
}
