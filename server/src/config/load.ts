import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { type Config, type ConfigInput, configSchema, tierSchema } from './schema.ts';

/** A configuration that makes no sense, with everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'ERR_ISOLET_SERVER_CONFIG';
}

const fileNames = ['isolet.toml', 'isolet.json'] as const;

/** Environment variables, and the part of a configuration that each stands for. */
export const environment: Readonly<Record<string, (value: string) => ConfigInput>> = {
  ISOLET_SERVER_HOST: (host) => ({ host }),
  // As `isolation`: what is none, the schema says.
  ISOLET_SERVER_PORT: (port) => ({ port: /^\d+$/.test(port) ? Number(port) : (port as unknown as number) }),
  ISOLET_SERVER_DATA: (data) => ({ data }),
  ISOLET_SERVER_ADMIN_TOKEN: (adminToken) => ({ adminToken }),
  ISOLET_SERVER_KEY: (key) => ({ key }),
  ISOLET_SERVER_PREVIOUS_KEY: (key) => ({ previousKeys: [key] }),
  // What it is if it is neither, the schema says.
  ISOLET_SERVER_ISOLATION: (mode) => ({ isolation: { mode: mode as 'process' } }),
};

/**
 * The configuration of a process: the file, then the environment, which goes before it.
 *
 * @param file - Default: `isolet.toml` or `isolet.json` in `folder`, if there is one; their part `[server]`.
 * @throws {ConfigError}
 */
export function loadConfig(env: NodeJS.ProcessEnv, folder: string, file?: string): Config {
  const found = file ?? fileNames.map((name) => join(folder, name)).find((path) => existsSync(path));
  const given: Record<string, unknown> = found === undefined ? {} : readFile(found);
  const variables = new Map<string, string>();
  for (const [name, read] of Object.entries(environment)) {
    const value = env[name];
    if (value === undefined || value === '') continue;
    for (const [setting, part] of Object.entries(read(value))) {
      given[setting] = joined(given[setting], part);
      variables.set(setting, name);
    }
  }
  const { success, data, error } = configSchema.safeParse(given);
  if (success) return withDefaultTier(data);
  const said = z.prettifyError(error).replace(/→ at (\w+)\S*/g, (place, setting: string) => {
    const variable = variables.get(setting);
    return variable === undefined ? place : `${place} (${variable})`;
  });
  throw new ConfigError(`The configuration${found ? ` (${found})` : ''} can't be used:\n${said}`);
}

function readFile(path: string): Record<string, unknown> {
  try {
    const text = readFileSync(path, 'utf8');
    const all = (path.endsWith('.json') ? JSON.parse(text) : parse(text)) as { server?: Record<string, unknown> };
    return { ...all.server };
  } catch (error) {
    throw new ConfigError(`${path} can't be read: ${(error as Error).message}`);
  }
}

/** Of a group of settings the others stay. */
const joined = (before: unknown, part: unknown): unknown =>
  isGroup(before) && isGroup(part) ? { ...before, ...part } : part;

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withDefaultTier(config: Config): Config {
  const tiers = { standard: tierSchema.parse({}), ...config.tiers };
  if (!Object.hasOwn(tiers, config.defaultTier)) {
    const names = Object.keys(tiers).join(', ');
    throw new ConfigError(`defaultTier '${config.defaultTier}' is none of the tiers: ${names}`);
  }
  return { ...config, tiers };
}
