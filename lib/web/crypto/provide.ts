import type { HostRequest } from '../../shared/web/crypto.ts';
import { provideWebHandler } from '../host.ts';
import { CryptoHost } from './host.ts';

const key = Symbol('crypto');

/** Node's webcrypto answers guests under the name 'crypto'. */
provideWebHandler('crypto', () => (caller, request, again) => {
  const host = caller.state(key, () => new CryptoHost((fn) => caller.holds(fn)));
  return host.ask(request as HostRequest, again === true);
});
