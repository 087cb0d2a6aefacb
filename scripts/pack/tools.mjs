// The package under the tools people use it with. Their versions are pinned, so that a check fails because of a change
// here and not of one elsewhere.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './report.mjs';

/** @typedef {import('./consumer.mjs').Consumer} Consumer */

const TOOLS = [
  'typescript@5.9.3',
  '@types/node@20.19.43',
  'vitest@4.1.12',
  'vite@7.3.8',
  'jest@30.5.2',
  'esbuild@0.28.2',
  'publint@0.3.25',
  '@arethetypeswrong/cli@0.18.5',
];

/** @param {Consumer} consumer @param {string} tarball @param {[major: string, node: string][]} nodes */
export function checkWithTools(consumer, tarball, nodes) {
  check('installs beside the tools', () => consumer.install([tarball, ...TOOLS], ['--ignore-scripts']));
  const first = nodes[0]?.[1] ?? process.execPath;
  const program = (/** @type {string} */ path) => join('node_modules', path);

  check('publint', () => consumer.run(first, [program('publint/src/cli.js'), '--strict', tarball], /All good/));
  check('are the types wrong', () =>
    consumer.run(first, [program('@arethetypeswrong/cli/dist/index.js'), tarball], /No problems found/),
  );
  for (const [module, resolution, files] of /** @type {const} */ ([
    ['node16', 'node16', ['types.mts', 'types.cts']],
    ['esnext', 'bundler', ['types.mts']],
  ])) {
    check(`TypeScript with moduleResolution ${resolution}`, () => {
      const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,esnext.disposable'];
      const where = ['--types', 'node', '--module', module, '--moduleResolution', resolution];
      consumer.run(first, [program('typescript/bin/tsc'), ...options, ...where, ...files], /^$/);
    });
  }
  for (const resolution of ['nodenext', 'bundler']) {
    check(`TypeScript with the types of guests alone, moduleResolution ${resolution}`, () => {
      const module = resolution === 'bundler' ? 'esnext' : resolution;
      const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023', '--types', 'isolet/guest'];
      const where = ['--module', module, '--moduleResolution', resolution];
      consumer.run(first, [program('typescript/bin/tsc'), ...options, ...where, 'function.mts'], /^$/);
    });
  }
  for (const [major, node] of nodes) {
    for (const pool of ['threads', 'forks']) {
      const args = ['run', `--pool=${pool}`, 'vitest'];
      check(`vitest with ${pool} on Node ${major}`, () =>
        consumer.run(node, [program('vitest/vitest.mjs'), ...args], /2 passed \(2\)/),
      );
    }
    check(`jest on Node ${major}`, () =>
      consumer.run(node, [program('jest/bin/jest.js'), '--testMatch=**/*.spec.cjs'], /Tests: +2 passed/),
    );
  }
  checkBundles(consumer, first);
}

/** @param {Consumer} consumer @param {string} node */
function checkBundles(consumer, node) {
  const esbuild = `
    const { buildSync } = require('esbuild');
    const common = { entryPoints: ['bundle.mjs'], bundle: true, platform: 'node', target: 'node20' };
    buildSync({ ...common, format: 'esm', outfile: 'out/external.mjs', external: ['isolet'] });
    buildSync({ ...common, format: 'cjs', outfile: 'out/whole.cjs' });`;
  writeFileSync(join(consumer.folder, 'bundle.cjs'), esbuild);
  check('esbuild bundles', () => consumer.run(process.execPath, ['bundle.cjs'], /^$/));
  check('a bundle with the package outside', () => consumer.run(node, ['out/external.mjs'], /^bundled: 42$/m));
  check('a bundle with the package inside and ISOLET_ADDON', () => {
    const platform = `${process.platform}-${process.arch}`;
    const folder = join(consumer.folder, 'node_modules/isolet/prebuilds', platform);
    const file = readdirSync(folder).find((name) => name.includes(`.abi${process.versions.modules}.`));
    consumer.run(process.execPath, ['out/whole.cjs'], /^bundled: 42$/m, { ISOLET_ADDON: join(folder, file ?? 'none') });
  });
}
