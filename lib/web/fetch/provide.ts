import { provideWebHandler, type WebCaller } from '../host.ts';
import { Fetches } from './fetches.ts';

const key = Symbol('fetches');

function fetchesOf({ web, state }: WebCaller): Fetches {
  const { fetch } = web;
  if (!fetch) throw new TypeError('This guest has no access to the network');
  return state(key, () => new Fetches(fetch));
}

provideWebHandler('fetch', () => (caller, id, head, headers, body, again) => {
  return fetchesOf(caller).start(caller, id, head, headers, body, again);
});
provideWebHandler('abortFetch', () => async (caller, id, reason) => fetchesOf(caller).abort(id, reason));
