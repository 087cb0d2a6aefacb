import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './support.ts';

const source = join(root, 'test/cells/attacker');

/** Builds the addon of test/cells/attacker/ for the running Node, where test/cells/programs/attacks.cjs finds it. */
export function buildAttacker(): string {
  const folder = join(root, `build/attacker-abi${process.versions.modules}`);
  const made = join(folder, 'build/Release/attacker.node');
  const same = (name: string) =>
    existsSync(join(folder, name)) && readFileSync(join(folder, name)).equals(readFileSync(join(source, name)));
  if (existsSync(made) && readdirSync(source).every(same)) return made;
  mkdirSync(folder, { recursive: true });
  cpSync(source, folder, { recursive: true });
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, 'include/node/node_version.h')) ? [`--nodedir=${prefix}`] : [];
  const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js');
  const { status, stderr } = spawnSync(process.execPath, [gyp, 'rebuild', ...headers], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return made;
}
