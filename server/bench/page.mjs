// Draws the results into README.md, between its two marks, and pictures beside it.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('README.md', import.meta.url));
const begin = '<!-- written by npm run bench -w server -->';
const end = '<!-- end of what npm run bench -w server writes -->';

const titles = {
  bare: 'bare node:http',
  event: 'isolet-server, event',
  handler: 'isolet-server, fetch handler',
  workerd: 'workerd, fetch handler',
  'event in a cell': 'isolet-server, event in a cell',
  'handler in a cell': 'isolet-server, fetch handler in a cell',
};

/** Bars of one number for each variant. @param {string} title @param {[string, number][]} bars @param {string} unit */
export function drawBars(title, bars, unit) {
  const [left, width, row] = [250, 380, 26];
  const most = Math.max(...bars.map(([, value]) => value));
  const rows = bars.map(([name, value], i) => {
    const y = 36 + i * row;
    const length = Math.max(1, Math.round((value / most) * width));
    const color = name.startsWith('isolet') ? '#2f6fdb' : '#8a8f98';
    return (
      `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${name}</text>` +
      `<rect x="${left}" y="${y}" width="${length}" height="18" rx="2" fill="${color}"/>` +
      `<text x="${left + length + 6}" y="${y + 13}">${value.toLocaleString('en')}</text>`
    );
  });
  const height = 44 + bars.length * row;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 ${height}" width="720" height="${height}" role="img" aria-label="${title}">
<style>text { font: 12px system-ui, sans-serif; fill: #57606a } .title { font-size: 14px; font-weight: 600 }</style>
<text class="title" x="8" y="20">${title} (${unit})</text>
${rows.join('\n')}
</svg>
`;
}

const range = (values) => (values ? `${values[1]} (${values[0]}–${values[2]})` : '');

/** @param {any} result @param {{ text: string, holds: boolean }[]} verdicts */
export function writePage({ machine, load, variants }, verdicts) {
  const names = Object.keys(variants);
  const bars = (what) => names.map((name) => [titles[name] ?? name, variants[name][what]]);
  const picture = (file, title, what, unit) =>
    writeFileSync(fileURLToPath(new URL(file, import.meta.url)), drawBars(title, bars(what), unit));
  picture('requests.svg', 'Requests per second on one core', 'rps', 'more is better');
  picture('processor.svg', 'Processor time of a request', 'cpu', 'µs, less is better');
  const rows = names.map((name) => {
    const { rps, cpu, p50, p99, ofBare, ofWorkerd, cpuOfWorkerd } = variants[name];
    return `| ${[titles[name] ?? name, rps, range(ofBare), range(ofWorkerd), cpu, range(cpuOfWorkerd), p50, p99].join(' | ')} |`;
  });
  const text = `${machine}. ${load.connections} connections, ${load.rounds} rounds of ${load.seconds} s for each, in turns; medians, ratios of slices of the same round with their quartiles.

![Requests per second](requests.svg)

![Processor time](processor.svg)

| | requests/s | × bare | × workerd | CPU µs | × workerd’s | p50 ms | p99 ms |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

${verdicts.map(({ text, holds }) => `- ${holds ? 'holds' : '**missed**'}: ${text}`).join('\n')}
`;
  const before = readFileSync(page, 'utf8');
  const [head] = before.split(begin);
  const tail = before.split(end)[1] ?? '\n';
  writeFileSync(page, `${head}${begin}\n\n${text}\n${end}${tail}`);
}
