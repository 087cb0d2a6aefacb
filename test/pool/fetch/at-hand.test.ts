import { describe, expect, it } from 'vitest';
import { usePools } from '../support.ts';
import { get, handlers, post } from './support.ts';

const pools = usePools();
const echo = handlers('fetch: async (request) => new Response(await request.text())');

describe('a small body that is at hand', () => {
  it('of a request to a handler is used by it, a stream of the caller only when the handler reads', async () => {
    const pool = pools();
    const text = post('small');
    expect(await (await pool.fetch(echo, text)).text()).toBe('small');
    const unread = handlers("fetch: () => new Response('')");
    const request = post('small');
    await pool.fetch(unread, request);
    expect(request.bodyUsed).toBe(true);
    const large = post('z'.repeat(200_000));
    expect((await (await pool.fetch(echo, large)).text()).length).toBe(200_000);
    expect(await (await pool.fetch(echo, get())).text()).toBe('');
  });

  it("stays the caller's when the request was refused", async () => {
    const pool = pools();
    const request = post('small');
    await expect(pool.fetch({ ...echo, code: 'syntax error(' }, request)).rejects.toThrow();
    expect(request.bodyUsed).toBe(false);
    const gone = new AbortController();
    gone.abort();
    await expect(pool.fetch(echo, request, { signal: gone.signal })).rejects.toThrow();
    expect(await request.text()).toBe('small');
  });
});
