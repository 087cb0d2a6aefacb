import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const abi = process.versions.modules;
const objects = join(root, `build/abi${abi}/build/Release/native`);

/** The engine's objects, and of what is Node's own only its platform. */
function engineObjects(): string[] {
  const all = readdirSync(objects, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.o'));
  const platform = 'binding/environment/node_platform.o';
  return all
    .filter((name) => name !== 'addon.o' && (!name.startsWith('binding/') || name === platform))
    .map((name) => join(objects, name));
}

function build(): string {
  const folder = join(root, `build/wire-abi${abi}`);
  const made = join(folder, 'engine_test.node');
  mkdirSync(folder, { recursive: true });
  const headers = join(dirname(dirname(process.execPath)), 'include/node');
  const { status, stderr } = spawnSync(
    'g++',
    [
      ...['-std=gnu++20', '-O1', '-fPIC', '-shared', '-pthread', '-fno-exceptions', '-fno-rtti', '-w'],
      ...['-fvisibility=hidden', '-I', join(root, 'native'), '-isystem', headers],
      ...[join(root, 'test/wire/engine_test.cc'), ...engineObjects(), '-o', made],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return made;
}

// The objects are there where the addon was built, as `npm test` does.
test.runIf(process.platform === 'linux' && existsSync(objects))(
  "the engine's guests work in a cell, with both ends in one process",
  { timeout: 300_000 },
  () => {
    // Not stderr: V8 says there what it collected last before a heap limit.
    const { status, stdout } = spawnSync(process.execPath, ['-e', `require(${JSON.stringify(build())})`], {
      encoding: 'utf8',
    });
    if (process.env.ISOLET_MEASURE) console.log(stdout);
    expect(stdout.split('\n').filter((line) => line && !line.endsWith(' ok'))).toEqual([
      ...(process.env.ISOLET_MEASURE ? [expect.anything(), expect.anything(), expect.anything()] : []),
      '8 passed, 0 failed',
    ]);
    expect(status).toBe(0);
  },
);
