// The server from its tarball, beside the library's: both installed into an empty folder, started and asked.
import { join } from 'node:path';
import { pack } from './content.mjs';
import { check } from './report.mjs';

/**
 * @param {import('./consumer.mjs').Consumer} user with an empty folder
 * @param {string} root of the repository @param {string} folder for the tarball
 * @param {string} library its tarball
 * @param {readonly [major: string, node: string][]} nodes
 */
export function checkServer(user, root, folder, library, nodes) {
  const tarball = pack(join(root, 'server'), folder);
  check('the server installs beside the library, without scripts', () =>
    user.install([library, tarball], ['--ignore-scripts']),
  );
  for (const [major, node] of nodes) {
    check(`the server serves on Node ${major}`, () => user.run(node, ['serve.mjs'], /^served on Node/m));
    check(`dev in an empty folder on Node ${major}`, () => user.run(node, ['dev.mjs'], /^developed on Node/m));
  }
}
