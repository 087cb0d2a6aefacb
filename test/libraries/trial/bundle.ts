import { builtinModules } from 'node:module';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { Needs } from './program.ts';

/** What a program became, and the modules of Node that its libraries asked for and were left out. */
export interface Bundle {
  readonly code: string;
  readonly leftOut: readonly string[];
}

/** As a bundler makes it for workers: with no polyfill. */
export const forWorkers: BuildOptions = {
  platform: 'browser',
  conditions: ['worker'],
  format: 'iife',
  globalName: 'bundle',
};

/** For a guest. Modules of Node are empty. */
export async function forGuest(program: string, folder: string, { bundler }: Needs): Promise<Bundle> {
  const leftOut = new Set<string>();
  const code = await bundle(program, folder, {
    ...forWorkers,
    plugins: [withoutNode(leftOut)],
    ...bundler,
  });
  return { code, leftOut: [...leftOut].sort() };
}

/** For Node itself, whose modules are all there. */
export function forNode(program: string, folder: string): Promise<string> {
  const js = `import { createRequire as $createRequire } from 'node:module'; import { dirname as $dirname } from 'node:path';
import { fileURLToPath as $fileURLToPath } from 'node:url'; const require = $createRequire(import.meta.url);
const __filename = $fileURLToPath(import.meta.url); const __dirname = $dirname(__filename);`;
  return bundle(program, folder, { platform: 'node', format: 'esm', banner: { js } });
}

/** The program with the libraries it imports. */
export async function bundle(program: string, folder: string, options: BuildOptions): Promise<string> {
  const imports = [...program.matchAll(/^import .*?;|(?<=; )import .*?;/g)].map(([text]) => text);
  const rest = imports.reduce((text, line) => text.replace(line, ''), program);
  const { outputFiles } = await build({
    stdin: {
      contents: `${imports.join('\n')}\nexport const run = async () => { let value; ${rest}\nreturn value; };`,
      resolveDir: folder,
    },
    bundle: true,
    write: false,
    logLevel: 'silent',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.wasm': 'binary' },
    ...options,
  });
  return outputFiles?.[0]?.text ?? '';
}

function withoutNode(leftOut: Set<string>): Plugin {
  const own = Symbol('own');
  return {
    name: 'without Node',
    setup({ onResolve, onLoad, resolve }) {
      const filter = new RegExp(`^(?:node:.*|${builtinModules.filter((name) => !name.startsWith('_')).join('|')})$`);
      onResolve({ filter }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === own) return undefined;
        // A package of that name, or one that says what takes its place in a browser.
        const found = await resolve(path, { importer, resolveDir, kind, pluginData: own });
        if (found.errors.length === 0 && !found.external && found.path !== path) return found;
        leftOut.add(path.replace(/^node:/, ''));
        return { path, namespace: 'empty' };
      });
      onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
    },
  };
}
