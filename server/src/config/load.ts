import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { type Config, configSchema } from './schema.ts';

/** A configuration that makes no sense, with everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'ERR_ISOLET_SERVER_CONFIG';
}

const fileNames = ['isolet.toml', 'isolet.json'] as const;

/** Environment variables and the settings they stand for. */
export const environment = {
  ISOLET_SERVER_HOST: 'host',
  ISOLET_SERVER_PORT: 'port',
  ISOLET_SERVER_DATA: 'data',
  ISOLET_SERVER_ADMIN_TOKEN: 'adminToken',
  ISOLET_SERVER_KEY: 'key',
} as const satisfies Record<string, keyof Config>;

/**
 * The configuration of a process: the file, then the environment, which goes before it.
 *
 * @param file - Default: `isolet.toml` or `isolet.json` in `folder`, if there is one; their part `[server]`.
 * @throws {ConfigError}
 */
export function loadConfig(env: NodeJS.ProcessEnv, folder: string, file?: string): Config {
  const found = file ?? fileNames.map((name) => join(folder, name)).find((path) => existsSync(path));
  const given: Record<string, unknown> = found === undefined ? {} : readFile(found);
  for (const [name, setting] of Object.entries(environment)) {
    const value = env[name];
    if (value === undefined || value === '') continue;
    given[setting] = setting === 'port' ? Number(value) : value;
  }
  const { success, data, error } = configSchema.safeParse(given);
  if (success) return withDefaultTier(data);
  throw new ConfigError(`The configuration${found ? ` (${found})` : ''} can't be used:\n${z.prettifyError(error)}`);
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

function withDefaultTier(config: Config): Config {
  const tiers = { standard: configSchema.shape.tiers.unwrap().valueType.parse({}), ...config.tiers };
  if (!Object.hasOwn(tiers, config.defaultTier)) {
    const names = Object.keys(tiers).join(', ');
    throw new ConfigError(`defaultTier '${config.defaultTier}' is none of the tiers: ${names}`);
  }
  return { ...config, tiers };
}
