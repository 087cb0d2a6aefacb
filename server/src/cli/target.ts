// Which server a command talks to, with which token, about which tenant: what the command line says, else the environment,
// else the project file, else the `dev` that runs in this folder.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from './client.ts';
import type { Invocation } from './definitions.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { type Project, readProject } from './project.ts';

/** What a running `dev` leaves for other commands. */
export interface DevServer {
  readonly url: string;
  readonly token: string;
  readonly tenant: string;
}

export const devFile = (folder: string): string => join(folder, '.isolet', 'dev.json');

export interface Target {
  readonly client: Client;
  readonly project: Project;
  readonly tenant: string;
}

/** @throws {CommandError} */
export function targetOf({ options, env, folder }: Invocation): Target {
  const project = readProject(folder, options.config as string | undefined);
  const url = (options.url as string | undefined) ?? env.ISOLET_SERVER_URL ?? project.url;
  const dev = url === undefined ? readDev(project.folder) : undefined;
  const token = (options.token as string | undefined) ?? env.ISOLET_SERVER_TOKEN ?? dev?.token;
  const tenant =
    (options.tenant as string | undefined) ?? env.ISOLET_SERVER_TENANT ?? project.tenant ?? dev?.tenant ?? 'dev';
  const address = url ?? dev?.url;
  if (address === undefined) {
    const ways = 'give --url, set ISOLET_SERVER_URL, write `url` into isolet.toml, or start `isolet-server dev` here';
    throw new CommandError(exitCodes.misuse, `no server is known: ${ways}`);
  }
  if (!URL.canParse(address)) throw new CommandError(exitCodes.misuse, `'${address}' is not a URL`);
  return { client: new Client({ url: address, token }), project, tenant };
}

function readDev(folder: string): DevServer | undefined {
  const file = devFile(folder);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DevServer;
  } catch {
    return undefined;
  }
}
