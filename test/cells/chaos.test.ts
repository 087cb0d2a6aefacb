import { describe, expect, it } from 'vitest';
import { drainHosts, killHosts } from './chaos/hosts.ts';
import { runLoad } from './chaos/load.ts';
import { runStarts } from './chaos/starts.ts';
import { hasCells } from './support.ts';

/** The long version: npm run chaos:cells. */
const long = 600_000;

describe.skipIf(!hasCells)('cells, whatever happens to them', () => {
  it('answer or fail with what happened, and serve again', { timeout: long }, async () => {
    const counts = await runLoad({ seconds: 10 });
    expect(counts['quick answered']).toBeGreaterThan(0);
    expect(counts['sent SIGKILL']).toBeGreaterThan(0);
  });

  it('leave nothing behind when their host is killed in the middle of it', { timeout: long }, async () => {
    await killHosts(2);
  });

  it('end when their host has answered what it accepted', { timeout: long }, async () => {
    await drainHosts(2);
  });

  it('leave no descriptor, no process and no memory behind, two hundred of them', { timeout: long }, async () => {
    await runStarts(200);
  });
});
