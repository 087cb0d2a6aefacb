import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';
import { buildSync } from 'esbuild';
import { SnapshotBuilder } from 'isolet';
import { expect, it } from 'vitest';
import { useRuntimes } from './support.ts';

const { make } = useRuntimes();
const root = fileURLToPath(new URL('../..', import.meta.url));

function bundle(name: string, minify: boolean): string {
  const { outputFiles } = buildSync({
    stdin: { contents: `export * from '${name}'`, resolveDir: root },
    bundle: true,
    format: 'iife',
    globalName: 'library',
    minify,
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

it.each([false, true])('acorn answers like in plain Node (minified: %s)', (minify) => {
  const program = 'class A { #x = 1n; async *f({ a, ...b } = {}) { yield* "t" + a ?? /x(?<n>y)/u; } }';
  const snapshot = new SnapshotBuilder()
    .executeScript('acorn.js', bundle('acorn', minify))
    .warmup('library.parse("1", { ecmaVersion: 2022 })')
    .build();
  const tree =
    'JSON.stringify(library.parse(source, { ecmaVersion: 2022 }), (k, v) => typeof v === "bigint" ? v + "n" : v)';
  const answer = make({ snapshot }).eval(`{ const source = ${JSON.stringify(program)}; ${tree} }`);
  const expected = JSON.stringify(parse(program, { ecmaVersion: 2022 }), (_, v) =>
    typeof v === 'bigint' ? `${v}n` : v,
  );
  expect(answer).toBe(expected);
});
