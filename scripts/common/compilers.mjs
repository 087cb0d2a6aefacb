// Which compilers node-gyp gets: those of the environment, through ccache where it is installed.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @param {{ CC: string, CXX: string }} [defaults] @returns {Record<string, string>} CC and CXX, or nothing on Windows */
export function findCompilers(defaults) {
  const { CC, CXX } = process.env;
  if (process.platform === 'win32') return {};
  const usual = process.platform === 'darwin' ? { CC: 'clang', CXX: 'clang++' } : { CC: 'gcc', CXX: 'g++' };
  const found = { CC: CC ?? defaults?.CC ?? usual.CC, CXX: CXX ?? defaults?.CXX ?? usual.CXX };
  if (!isOnPath('ccache')) return defaults || CC || CXX ? found : {};
  const cached = (/** @type {string} */ compiler) => (compiler.includes('ccache') ? compiler : `ccache ${compiler}`);
  return { CC: cached(found.CC), CXX: cached(found.CXX) };
}

/** @param {string} command */
function isOnPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
