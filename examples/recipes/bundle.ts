// From a TypeScript file to a function: one module with everything it imports, and a source map that finds places in what
// its author wrote. Bundlers are no part of isolet; this uses esbuild.
import { SourceMap } from 'node:module';
import { build } from 'esbuild';
import { JavaScriptError } from 'isolet';

export interface Bundle {
  /** For `deploy({ code })`. */
  code: string;
  /** Where the author's places are; keep it, and give it to nobody. */
  map: SourceMap;
}

export async function bundle(file: string): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: [file],
    outfile: 'function.js',
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    // What packages have for workers: no Node, the web's names.
    platform: 'browser',
    conditions: ['worker'],
    sourcemap: 'external',
    sourcesContent: false,
  });
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { code: text('.js'), map: new SourceMap(JSON.parse(text('.map'))) };
}

/** The stack of what a function threw, with the places of the files it was made of. */
export function stackOf(error: unknown, { map }: Bundle): string {
  if (!(error instanceof JavaScriptError)) return String(error);
  const lines = error.frames.map(({ functionName, fileName, lineNumber, columnNumber }) => {
    const found = map.findEntry((lineNumber ?? 1) - 1, (columnNumber ?? 1) - 1);
    const place =
      'originalSource' in found
        ? `${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}`
        : `${fileName}:${lineNumber}:${columnNumber}`;
    return functionName ? `    at ${functionName} (${place})` : `    at ${place}`;
  });
  return [`${error.name}: ${error.message}`, ...lines].join('\n');
}
