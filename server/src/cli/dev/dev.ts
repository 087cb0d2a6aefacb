// `dev`: a server of this folder's own, its functions deployed and kept as their files are.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { serve } from '../../serve.ts';
import { problemText } from '../bundle.ts';
import { Client, functionPath, tenantPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { type CommandError, exitCodes } from '../exit-codes.ts';
import { readProject } from '../project.ts';
import { type DevServer, devFile } from '../target.ts';
import { EarlierFunctions } from './earlier-functions.ts';
import { writeExample } from './example.ts';
import type { Outcome } from './live-function.ts';
import { openPage } from './open-page.ts';
import { ProjectWatch } from './project-watch.ts';

export async function dev(invocation: Invocation): Promise<number> {
  const { args, options, out, env, signal } = invocation;
  const folder = resolve(invocation.folder, (args.folder as string | undefined) ?? '.');
  mkdirSync(folder, { recursive: true });
  const file = options.config === undefined ? undefined : resolve(invocation.folder, options.config as string);
  const read = () => readProject(folder, file);
  let project = read();
  if (project.functions.length === 0) {
    out.note(`wrote ${relative(invocation.folder, await writeExample(project.folder))}`);
    project = read();
  }
  const config = devConfig(loadConfig(env, folder, file), project.folder, options);
  const server = await serve(config, {
    log: (line) => out.note(String(line['error'] ?? JSON.stringify(line))),
    failed: (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  });
  const { url } = server;
  const tenant = project.tenant ?? 'dev';
  const client = new Client({ url, token: config.adminToken });
  await client.json(tenantPath(tenant), { method: 'PUT', body: {} });
  await leave(project.folder, { url, token: config.adminToken as string, tenant });
  const watch = new ProjectWatch(project, {
    client,
    tenant,
    read,
    earlier: new EarlierFunctions(project.folder),
    tell: (outcome) => out.line(outcome, textOf(outcome, `${url}/fn/${tenant}/${outcome.function}`)),
    remove: async (name) => {
      await client.send(functionPath(tenant, name), { method: 'DELETE' }).catch((error: CommandError) => {
        // One that was broken from the beginning is not there.
        if (error.exitCode !== exitCodes.absent) throw error;
      });
      out.line({ event: 'removed', function: name }, `${name}  is gone`);
    },
    misread: (error) => out.line({ event: 'misread', message: error.message }, error.message),
  });
  await watch.start();
  out.line({ event: 'ready', url, tenant, data: config.data }, `\nready  ${url}  (Ctrl+C ends it)\n`);
  if (options.open) openPage(url);
  await new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await watch.close();
  await rm(devFile(project.folder), { force: true });
  await server.stop();
  return exitCodes.done;
}

/** On this machine only, with everything in the folder, and with a network: the code is one's own here. */
function devConfig(config: Config, folder: string, { port }: Invocation['options']): Config {
  const tiers = Object.entries(config.tiers).map(([name, tier]) => {
    const fetch = tier.fetch.allow.length === 0 ? { ...tier.fetch, allow: ['*'] } : tier.fetch;
    return [name, { ...tier, fetch }] as const;
  });
  return {
    ...config,
    host: '127.0.0.1',
    // One's own code needs no walls, and starts sooner without.
    isolation: { ...config.isolation, mode: 'isolate' },
    port: (port as number | undefined) ?? config.port,
    data: join(folder, '.isolet'),
    adminToken: config.adminToken ?? randomBytes(24).toString('base64url'),
    drainTimeout: Math.min(config.drainTimeout, 1000),
    tiers: Object.fromEntries(tiers),
  };
}

/** For other commands in this folder; the token is its owner's alone. */
async function leave(folder: string, server: DevServer): Promise<void> {
  const file = devFile(folder);
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  await writeFile(file, JSON.stringify(server), { mode: 0o600 });
  await writeFile(join(dirname(file), '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
}

function textOf(outcome: Outcome, url: string): string {
  if (outcome.event === 'broken') {
    return `${outcome.function}  is broken, the version before it goes on:\n${outcome.problems.map((one) => `  ${problemText(one)}`).join('\n')}`;
  }
  const warnings = outcome.warnings.map((warning) => `\n  warning: ${problemText(warning)}`);
  return `${outcome.function}  ${url}  (${outcome.ms} ms)${warnings.join('')}`;
}
