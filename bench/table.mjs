// npm run bench:table -- RESULT.json…   Writes the measured numbers into README.md between its two marks.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { number } from './harness/print.mjs';
import { readReports, steadySpread } from './harness/results.mjs';
import { targetTable } from './targets.mjs';

const readme = join(dirname(fileURLToPath(import.meta.url)), 'README.md');
const [start, end] = ['<!-- numbers -->', '<!-- /numbers -->'];

function ratioTable(report) {
  const against = ['floor', 'isolated-vm', 'worker_threads', 'node:vm', 'quickjs-emscripten'];
  const cell = (variant) => {
    if (!variant?.ratios) return '–';
    return `${number(variant.ratio)} (${number(Math.min(...variant.ratios))}–${number(Math.max(...variant.ratios))})`;
  };
  const points = report.cases.filter(({ curve }) => !curve);
  const rows = points.map(({ name, unit, variants }) => {
    const own = variants.isolet?.rounds
      ? `${number(variants.isolet.p50)} / ${number(variants.isolet.p99)} ${unit}`
      : '–';
    const apart = steadySpread(report, name, 'isolet');
    const spread = apart ? `${number(apart)} ×` : '–';
    return `| ${name} | ${own} | ${spread} | ${against.map((other) => cell(variants[other])).join(' | ')} |`;
  });
  return [
    `| case | isolet p50 / p99 | spread | ${against.map((name) => `÷ ${name}`).join(' | ')} |`,
    `|---|---|---|${against.map(() => '---').join('|')}|`,
    ...rows,
  ].join('\n');
}

function section(report) {
  const { machine, node, peers, rounds, steady, date, steadyRounds } = report;
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  return [
    `### Node ${node.version} (V8 ${node.v8})`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${machine.kernel}, ${rounds} rounds${steady ? ' in processes of their own' : ''}${steadyRounds > 0 && !steady ? ` (spread: ${steadyRounds} in processes of their own)` : ''}, ` +
      `${date.slice(0, 10)}, load average ${report.load.map((value) => value.toFixed(1)).join(' ')} at the start; ` +
      `${versions.join(', ') || 'no peers installed'}.`,
    ratioTable(report),
  ].join('\n\n');
}

const reports = readReports(process.argv.slice(2));
if (reports.length === 0) throw new Error('no result files given');
const text = readFileSync(readme, 'utf8');
const [before, rest] = text.split(start);
const after = rest?.split(end)[1];
if (after === undefined) throw new Error(`README.md has lost its marks ${start} and ${end}`);
const body = [targetTable(reports), ...reports.map(section)].join('\n\n');
writeFileSync(readme, `${before}${start}\n\n${body}\n\n${end}${after}`);
