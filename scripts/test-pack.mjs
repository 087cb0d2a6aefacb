// Packs the package, installs the tarball into empty folders the way a user does, and uses it from there: no compiler or
// Python on the PATH, no install script, every Node major that has a binary. Prints `N passed, N failed` at the end.
// usage: node scripts/test-pack.mjs [--node 20 24] [--keep] [--tarball isolet.tgz] [--from-source]
//
// --from-source removes the binaries after installing, and builds one with `isolet build` instead, and another in a clone
// with `node-gyp rebuild`; that takes minutes.
//
// Tools it needs come from the registry into its temporary folder, so that nobody else has to download them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installNode, NODE_VERSIONS } from './common/nodes.mjs';
import { findTarget } from './common/target.mjs';
import { Consumer } from './pack/consumer.mjs';
import { checkContent, pack } from './pack/content.mjs';
import { checkWithNpms } from './pack/npms.mjs';
import { check, summary } from './pack/report.mjs';
import { checkServer } from './pack/server.mjs';
import { checkWithTools } from './pack/tools.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: args, positionals } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
    tarball: { type: 'string' },
    'from-source': { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const chosen = [...args.node, ...positionals];
const majors = chosen.length > 0 ? chosen : Object.keys(NODE_VERSIONS);
const running = process.versions.node.split('.')[0] ?? '';

/** @param {string} major */
function nodeOf(major) {
  return major === running ? process.execPath : join(installNode(root, major), 'bin/node');
}

function makePrebuilds() {
  const script = join(root, 'scripts/prebuilds.mjs');
  const { status } = spawnSync(process.execPath, [script, ...majors], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the binaries could not be built');
}

/** As somebody does who has only cloned the repository and installed what it needs. @param {Consumer} user */
function buildClone(user) {
  const clone = join(folder, 'clone');
  const git = spawnSync('git', ['clone', '--quiet', '--depth=1', `file://${root}`, clone], { encoding: 'utf8' });
  if (git.status !== 0) throw new Error(git.stderr);
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  const { nodedir } = findTarget(undefined);
  const gyp = [join(root, 'node_modules/node-gyp/bin/node-gyp.js'), 'rebuild', '--jobs=2'];
  if (nodedir) gyp.push(`--nodedir=${nodedir}`);
  const { status, stderr } = spawnSync(process.execPath, gyp, { cwd: clone, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const addon = join(clone, 'build/Release/isolet.node');
  user.run(process.execPath, ['smoke.cjs'], /^required on Node/, { ISOLET_ADDON: addon });
}

for (const major of majors) {
  if (!NODE_VERSIONS[major]) throw new Error(`Node ${major} is none of ${Object.keys(NODE_VERSIONS).join(', ')}`);
}
const folder = mkdtempSync(join(tmpdir(), 'isolet-pack-'));
try {
  if (!args.tarball) makePrebuilds();
  const tarball = args.tarball ?? pack(root, folder);
  checkContent(tarball);

  const files = join(root, 'test/pack/project');
  const consumer = new Consumer(files, join(folder, 'consumer'));
  check('installs with --ignore-scripts', () => consumer.install([tarball], ['--ignore-scripts']));
  for (const major of majors) {
    const node = nodeOf(major);
    check(`require on Node ${major}`, () => consumer.run(node, ['smoke.cjs'], /^required on Node/));
    check(`import and worker_threads on Node ${major}`, () => consumer.run(node, ['smoke.mjs'], /^imported on Node/));
    check(`the command on Node ${major}`, () =>
      consumer.run(node, ['node_modules/isolet/dist/cli.js', '-e', '6 * 7'], /^42$/m),
    );
  }

  const bare = new Consumer(files, join(folder, 'bare'));
  check('installs without --ignore-scripts, and npm warns of no install script', () => {
    const output = bare.install([tarball], []);
    if (/script/i.test(output)) throw new Error(output);
  });
  rmSync(join(folder, 'bare/node_modules/isolet/prebuilds'), { recursive: true });
  check('one clear error where there is no binary', () => {
    const { node, modules } = process.versions;
    bare.fail(
      process.execPath,
      ['node_modules/isolet/dist/cli.js', '-e', '1'],
      [`${process.platform} ${process.arch}`, `Node ${node} (ABI ${modules})`, 'npx isolet build'],
    );
  });
  if (args['from-source']) {
    check('builds from the sources in the package', () => {
      const build = ['node_modules/isolet/dist/cli.js', 'build'];
      bare.run(process.execPath, build, /is built for Node/, { PATH: process.env.PATH });
      bare.run(process.execPath, ['smoke.cjs'], /^required on Node/);
    });
    check('a clone builds with node-gyp rebuild', () => buildClone(bare));
  }

  /** @type {[major: string, node: string][]} */
  const nodes = majors.map((major) => [major, nodeOf(major)]);
  checkServer(new Consumer(files, join(folder, 'server')), root, folder, tarball, nodes);
  checkWithNpms(files, folder, tarball, nodes);
  checkWithTools(new Consumer(files, join(folder, 'tools')), tarball, nodes);
} finally {
  if (args.keep) console.error(`left in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
process.exitCode = summary();
