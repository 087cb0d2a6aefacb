// npm run bench:report -- [RESULT.json…] [--out FOLDER]
// Draws how long isolet takes as a multiple of each other variant: one dot per round, one row per case, below 1 is faster.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const home = join(here, 'report');

async function library(name) {
  if (!existsSync(join(home, 'node_modules', name))) {
    const npm = spawnSync('npm', ['install', '--prefix', home, '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: home,
      encoding: 'utf8',
    });
    if (npm.status !== 0) throw new Error(`npm install failed in ${home}:\n${npm.stderr}`);
  }
  const { exports, module, main } = JSON.parse(readFileSync(join(home, 'node_modules', name, 'package.json'), 'utf8'));
  const entry = exports?.['.']?.default ?? exports?.default ?? (typeof exports === 'string' ? exports : undefined);
  const file = join(home, 'node_modules', name, entry ?? module ?? main);
  return import(pathToFileURL(file).href);
}

/** One row per case, variant and round. */
export function rowsOf(report) {
  return report.cases.flatMap(({ name, variants }) =>
    Object.entries(variants).flatMap(([variant, { ratios }]) =>
      (ratios ?? [])
        .map((ratio, round) => ({ case: name, variant, round, ratio }))
        .filter(({ variant: other, ratio }) => !other.startsWith('isolet') && Number.isFinite(ratio) && ratio > 0),
    ),
  );
}

function specification(report) {
  const rows = rowsOf(report);
  const order = [...new Set(rows.map((row) => row.case))];
  const color = { field: 'variant', type: 'nominal', title: 'compared with' };
  const y = { field: 'case', type: 'nominal', sort: order, title: null };
  const x = {
    field: 'ratio',
    type: 'quantitative',
    scale: { type: 'log' },
    title: "isolet's time as a multiple (log)",
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: `isolet on Node ${report.node.version}: left of 1 isolet is faster`,
    background: 'white',
    width: 640,
    height: { step: 22 },
    data: { values: rows },
    layer: [
      { mark: { type: 'rule', color: '#444', strokeDash: [4, 3] }, encoding: { x: { datum: 1 } } },
      { mark: { type: 'point', size: 18, opacity: 0.45, filled: true }, encoding: { x, y, color } },
      {
        mark: { type: 'tick', thickness: 3, size: 16 },
        encoding: { x: { ...x, aggregate: 'median' }, y, color },
      },
    ],
  };
}

export async function draw(report) {
  const [vega, lite] = [await library('vega'), await library('vega-lite')];
  const view = new vega.View(vega.parse(lite.compile(specification(report)).spec), { renderer: 'none' });
  return view.toSVG();
}

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const results = join(here, 'results');
  const files =
    positionals.length > 0
      ? positionals
      : readdirSync(results)
          .filter((name) => name.endsWith('.json'))
          .map((name) => join(results, name));
  const out = resolve(values.out ?? results);
  mkdirSync(out, { recursive: true });
  for (const file of files) {
    const svg = await draw(JSON.parse(readFileSync(file, 'utf8')));
    const target = join(out, `${basename(file, '.json')}.svg`);
    writeFileSync(target, `${svg}\n`);
    console.log(target);
  }
}

await main();
