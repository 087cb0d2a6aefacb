import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfigurationPage, variables, withSettings } from '../scripts/configuration-page.ts';
import { loadConfig } from '../src/config/load.ts';

describe('the page of the configuration', () => {
  it('has every setting as the schema has it (npm run docs -w server writes it)', () => {
    expect(readConfigurationPage()).toBe(withSettings(readConfigurationPage()));
  });

  it('has every variable of the environment', () => {
    for (const name of variables) expect(readConfigurationPage()).toContain(`| \`${name}\` |`);
  });
});

describe('a configuration', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'isolet-config-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const load = (text: string, env: NodeJS.ProcessEnv = {}) => {
    const file = join(folder, 'isolet.toml');
    writeFileSync(file, text);
    return loadConfig(env, folder);
  };

  it('has defaults for everything, and a tier', () => {
    const { port, tiers, defaultTier, async } = load('');
    expect([port, defaultTier, Object.keys(tiers), async.maxAttempts]).toEqual([8787, 'standard', ['standard'], 3]);
  });

  it('is the file, and before it the environment; of a group the rest stays', () => {
    const text = '[server]\nport = 1\nhost = "::1"\n[server.isolation]\nmaxCells = 3\n';
    const found = load(text, { ISOLET_SERVER_PORT: '2', ISOLET_SERVER_ISOLATION: 'isolate' });
    expect(found).toMatchObject({ port: 2, host: '::1', isolation: { mode: 'isolate', maxCells: 3 } });
  });

  it('may belong to a project that says nothing of the server', () => {
    expect(load('[project]\nname = "mine"\n').port).toBe(8787);
  });

  it.each([
    ['[server]\nprot = 1\n', {}, /Unrecognized key: "prot"/],
    ['[server]\nport = 70000\n', {}, /port/],
    ['[server', {}, /isolet\.toml can't be read/],
    ['', { ISOLET_SERVER_PORT: 'x' }, /port/],
    ['', { ISOLET_SERVER_KEY: 'short' }, /key/],
    ['', { ISOLET_SERVER_ISOLATION: 'none' }, /isolation\.mode/],
    ['[server]\ndefaultTier = "gold"\n', {}, /defaultTier 'gold' is none of the tiers: standard/],
  ])('%s %j is refused', (text, env, message) => {
    expect(() => load(text, env)).toThrow(message);
  });

  it('is refused without telling the value of a key', () => {
    const secret = 'xk-93';
    expect(() => load('', { ISOLET_SERVER_KEY: secret })).toThrow(expect.not.stringContaining(secret));
  });
});
