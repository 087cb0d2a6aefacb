// Makes the binaries that travel in the published package, one for each Node major:
// prebuilds/<platform>-<arch>/isolet.abi<N>[.glibc|.musl].node, stripped. lib/binding.ts looks for these names. On Linux
// also isolet-launcher.<glibc|musl>, one for every Node.
// usage: node scripts/prebuilds.mjs [--node 20 22 24 26] [--arch arm64] [--smoke]
//
// On Linux the headers come from npm packages, elsewhere node-gyp fetches them. --arch arm64 cross-compiles on Linux; it
// needs Debian's g++-aarch64-linux-gnu (or CC and CXX). --smoke then runs test/pack/project/smoke.cjs with each binary,
// one for another processor under qemu-aarch64-static.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { findCompilers } from './common/compilers.mjs';
import { buildDescription } from './common/description.mjs';
import { withLock } from './common/lock.mjs';
import { ABIS, installNode, NODE_VERSIONS } from './common/nodes.mjs';
import { fingerprint, readStamp, writeAtomically } from './common/stamp.mjs';
import { findBuildTools } from './common/tools.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
/** @type {(options: Record<string, unknown>) => Promise<void>} */
const prebuildify = promisify(require('prebuildify'));

const { values: args, positionals } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: [] },
    arch: { type: 'string', default: process.arch },
    smoke: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const chosen = [...args.node, ...positionals];
const majors = chosen.length > 0 ? chosen : Object.keys(NODE_VERSIONS);
const cross = args.arch !== process.arch;
const platform = `${process.platform}-${args.arch}`;
const out = join(root, 'prebuilds', platform);
const tools = findBuildTools(root);

/** Debian's names. */
const crossPrefix = 'aarch64-linux-gnu-';
const stripBin = process.env.STRIP ?? (cross ? `${crossPrefix}strip` : 'strip');

function compilers() {
  if (!cross) return findCompilers();
  if (platform !== 'linux-arm64') throw new Error(`no cross compiler is known for ${platform}`);
  return findCompilers({ CC: `${crossPrefix}gcc`, CXX: `${crossPrefix}g++` });
}

/** @param {string} major */
async function makePrebuild(major) {
  const version = NODE_VERSIONS[major];
  if (!version) throw new Error(`Node ${major} is none of ${Object.keys(NODE_VERSIONS).join(', ')}`);
  const nodedir = process.platform === 'linux' ? installNode(root, major, platform) : undefined;
  const abi = ABIS[major] ?? major;
  // As deep as build/abi<N>, so that a compiler cache finds what npm run build has compiled.
  const folder = join(root, 'build', `prebuild-${args.arch}-${abi}`);
  mkdirSync(folder, { recursive: true });
  const description = buildDescription(root);
  copyFileSync(join(root, description), join(folder, 'binding.gyp'));
  const { CC, CXX } = compilers();
  const stampFile = join(folder, 'stamp');
  const stamp = fingerprint(root, ['native', description], [version, nodedir ?? '', CXX ?? '', tools.version]);
  const made = existsSync(out) && readdirSync(out).some((name) => name.includes(`.abi${abi}.`));
  if (made && readStamp(stampFile) === stamp) return;
  /** @type {Record<string, string | undefined>} */
  const env = { CC, CXX, NODE_PATH: tools.modules, JOBS: '2', npm_config_isolet_root: '../..' };
  if (nodedir) env.npm_config_nodedir = nodedir;
  await withLock(`${folder}.lock`, () =>
    withEnvironment(env, () =>
      prebuildify({
        cwd: folder,
        out: root,
        name: 'isolet',
        napi: false,
        targets: [version],
        arch: args.arch,
        strip: true,
        stripBin,
        tagLibc: process.platform === 'linux',
        nodeGyp: join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node-gyp.cmd' : 'node-gyp'),
      }),
    ),
  );
  if (process.platform === 'linux') takeLauncher(folder, abi);
  writeAtomically(stampFile, stamp);
}

/** It depends on the C library as the addon does, whose name says which; not on Node. @param {string} folder @param {string} abi */
function takeLauncher(folder, abi) {
  const addon = readdirSync(out).find((name) => name.startsWith(`isolet.abi${abi}.`)) ?? '';
  const [, , libc = 'glibc'] = addon.split('.');
  const launcher = join(out, `isolet-launcher.${libc}`);
  copyFileSync(join(folder, 'build/Release/isolet-launcher'), launcher);
  chmodSync(launcher, 0o755);
  const { status, error } = spawnSync(stripBin, [launcher], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${launcher} could not be stripped: ${error?.message ?? status}`);
}

/**
 * prebuildify hands its own environment to node-gyp.
 * @param {Record<string, string | undefined>} values
 * @param {() => Promise<void>} work
 */
async function withEnvironment(values, work) {
  const before = { ...process.env };
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) process.env[name] = value;
  }
  try {
    await work();
  } finally {
    process.env = before;
  }
}

/** Loads the binary and runs guests with it, in the Node it was made for. @param {string} major */
function smoke(major) {
  const node = join(installNode(root, major, platform), 'bin/node');
  const file = readdirSync(out).find((name) => name.includes(`.abi${ABIS[major]}.`)) ?? '';
  const script = join(root, 'test/pack/project/smoke.cjs');
  // lib/node-snapshot.ts says why.
  const flags = major === '20' && platform !== 'linux-x64' ? ['--no-node-snapshot'] : [];
  const emulated = cross ? ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu', node] : [node];
  const [command = node, ...rest] = [...emulated, ...flags, script];
  const env = { ...process.env, ISOLET_ADDON: join(out, file) };
  const { status, signal, error } = spawnSync(command, rest, { cwd: root, env, stdio: 'inherit', timeout: 300_000 });
  if (status !== 0) throw new Error(`${file} ended with ${error?.message ?? signal ?? status}`);
}

for (const major of majors) await makePrebuild(major);
if (args.smoke) majors.forEach(smoke);
for (const name of readdirSync(out).sort()) {
  console.log(`${platform}/${name}  ${(statSync(join(out, name)).size / 1024).toFixed(0)} KiB`);
}
