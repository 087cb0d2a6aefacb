// The package under several versions of npm: none finds a script to run, or to warn of.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Consumer } from './consumer.mjs';
import { check } from './report.mjs';

/** 11 warns of install scripts, 12 runs none that nobody allowed. `node`: the first major that each runs on. */
const VERSIONS = [
  { version: '11.19.1', node: 20 },
  { version: '12.2.2', node: 22 },
];

/**
 * @param {string} files that a project consists of @param {string} folder for projects @param {string} tarball
 * @param {[major: string, node: string][]} nodes
 */
export function checkWithNpms(files, folder, tarball, nodes) {
  for (const { version, node: least } of VERSIONS) {
    const [, node] = nodes.findLast(([major]) => Number(major) >= least) ?? [];
    if (!node) {
      console.log(`left out: npm ${version}, which needs Node ${least}`);
      continue;
    }
    check(`npm ${version} installs it and has nothing to say about scripts`, () => {
      const own = new Consumer(files, join(folder, `npm-${version}`));
      own.install([`npm@${version}`], ['--ignore-scripts']);
      const project = new Consumer(files, join(folder, `by-npm-${version}`));
      const npm = join(own.folder, 'node_modules/npm/bin/npm-cli.js');
      const output = project.install([tarball], [], { node, npm });
      if (/script|allow|warn/i.test(output)) throw new Error(output);
      project.run(node, ['smoke.cjs'], /^required on Node/);
      rmSync(own.folder, { recursive: true });
    });
  }
}
