import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { familyOf, isThere } from '../processes.ts';
import { root } from '../support.ts';
import { until, within } from './settled.ts';

/** A host with two tenants under load: writes `ready` once both have answered, then `rest` goes on. */
async function busyHost(rest: string): Promise<{ child: ChildProcess; family: number[]; said(): string }> {
  const code = `
    const { ServerlessRuntime } = require(${JSON.stringify(`${root}dist/index.cjs`)});
    (async () => {
      const serverless = new ServerlessRuntime({}, { isolation: { spareCells: 1 } });
      let accepted = 0, settled = 0, over = false;
      for (const tenantId of ['ann', 'bob']) {
        await serverless.deploy({ tenantId, name: 'f', code: 'async (n) => { for (let i = 0; i < 1e5; i++); return n; }' });
        await serverless.invoke(tenantId, 'f', 1);
      }
      const load = setInterval(() => {
        for (const tenantId of ['ann', 'bob']) {
          accepted++;
          serverless.invoke(tenantId, 'f', accepted).finally(() => settled++).catch(() => {});
        }
      }, 5);
      ${rest}
      process.stdout.write('ready\\n');
    })();`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await within('a busy host', once(child.stdout, 'data'));
  return { child, family: familyOf(child.pid ?? 0), said: () => text };
}

async function noneLeft(family: number[]): Promise<void> {
  await until(
    'processes that are left',
    () => family.filter(isThere),
    ({ length }) => length === 0,
  );
}

/** @throws if a process is left of a host that is killed under load */
export async function killHosts(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { child, family } = await busyHost('');
    child.kill('SIGKILL');
    await noneLeft(family);
  }
}

/** @throws if a host that is told to end does not answer what it has accepted, or leaves a process */
export async function drainHosts(times: number): Promise<void> {
  const drain = `
    process.once('SIGTERM', async () => {
      clearInterval(load);
      await serverless.cleanup();
      await new Promise(setImmediate);
      process.stdout.write(accepted === settled ? 'all settled' : accepted + ' accepted, ' + settled + ' settled');
    });`;
  for (let i = 0; i < times; i++) {
    const { child, family, said } = await busyHost(drain);
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    const [code] = (await within('a host that drains', closed)) as [number | null];
    if (code !== 0 || !said().endsWith('all settled')) throw new Error(`a host ended with ${code}: ${said()}`);
    await noneLeft(family);
  }
}
