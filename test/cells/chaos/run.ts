// npm run chaos:cells [-- --minutes N] [--starts N] [--hosts N]
import { parseArgs } from 'node:util';
import { drainHosts, killHosts } from './hosts.ts';
import { runLoad } from './load.ts';
import { runStarts } from './starts.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    starts: { type: 'string', default: '1000' },
    hosts: { type: 'string', default: '10' },
  },
});

async function part(what: string, run: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  const result = await run();
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(0)} s`, result ?? '');
}

await part('cells that are killed, stopped and aborted under load', () =>
  runLoad({ seconds: Number(values.minutes) * 60 }),
);
await part('hosts that are killed under load', () => killHosts(Number(values.hosts)));
await part('hosts that are told to end under load', () => drainHosts(Number(values.hosts)));
await part('cells started and ended', () => runStarts(Number(values.starts)));
