// What the project wants to reach, and the table that says whether it does.

import { number } from './harness/print.mjs';
import { median } from './harness/stats.mjs';

const ratioOf = (mine, other, field) => median(mine.rounds.map((round, i) => round[field] / other.rounds[i][field]));

const times = (name, variant, against, max) => ({
  case: name,
  text: `${variant} ≤ ${max} × ${against}`,
  max,
  unit: '×',
  measure({ variants }, field) {
    const [mine, other] = [variants[variant], variants[against]];
    return mine?.rounds && other?.rounds && ratioOf(mine, other, field);
  },
});

const absolute = (name, variant, field, max, unit, scale = 1) => ({
  case: name,
  text: `${field} ≤ ${max} ${unit}`,
  max,
  unit,
  measure: ({ variants }) => variants[variant]?.rounds && variants[variant][field] * scale,
});

const besideNode = (max, ...cases) => cases.map((name) => times(name, 'isolet', 'node', max));

const forNode = (majors, target) => ({ ...target, majors });

export const targets = [
  times('cold-start', 'isolet', 'floor', 1.15),
  times('cold-start', 'isolet', 'isolated-vm', 0.75),
  times('cold-start-paced', 'isolet', 'isolated-vm', 0.75),
  absolute('pool-first-stock', 'isolet', 'p50', 0.1, 'ms', 1e-3),
  absolute('pool-first-stock', 'isolet', 'p99', 0.5, 'ms', 1e-3),
  forNode([22, 24, 26], absolute('snapshot', 'isolet', 'p50', 2, 'ms', 1e-3)),
  forNode([22, 24, 26], absolute('snapshot-paced', 'isolet', 'p50', 2, 'ms', 1e-3)),
  forNode([20], times('snapshot', 'isolet', 'isolet plain', 0.5)),
  forNode([20], times('web-start', 'isolet web', 'isolet', 2)),
  forNode([22, 24, 26], times('web-start', 'isolet web', 'isolet', 1.25)),
  forNode([24], {
    case: 'web-rss',
    text: 'isolet web − isolet ≤ 0.6 MB',
    max: 0.6,
    unit: 'MB',
    measure: ({ variants: { isolet, 'isolet web': web } }) => isolet?.rounds && web?.rounds && web.p50 - isolet.p50,
  }),
  ...['isolet', 'isolet in place'].flatMap((variant) => [
    times('call-numbers', variant, 'floor', 1.4),
    times('call-numbers', variant, 'isolated-vm', 0.35),
    times('call-object', variant, 'floor', 1.2),
    times('call-object', variant, 'isolated-vm', 0.5),
  ]),
  {
    case: 'call-numbers',
    text: 'arming a timeout (in place) ≤ 0.1 µs',
    max: 0.1,
    unit: 'µs',
    measure: ({ variants: { 'isolet in place': isolet, 'isolet in place armed': armed } }, field) =>
      isolet?.rounds && armed?.rounds && median(armed.rounds.map((round, i) => round[field] - isolet.rounds[i][field])),
  },
  times('async-1', 'isolet', 'floor eventfd hop', 0.75),
  times('async-1', 'isolet', 'isolated-vm', 0.45),
  times('async-64', 'isolet', 'isolated-vm', 0.25),
  times('async-64', 'isolet', 'worker_threads', 1),
  times('host-call-async', 'isolet', 'isolated-vm', 0.5),
  times('rss-1000', 'isolet', 'floor', 1.1),
  {
    case: 'idle-cpu',
    text: 'isolet − no runtime ≤ 0.05 % of a core',
    max: 0.05,
    unit: '%',
    measure: ({ variants: { isolet, 'no runtime': none } }) => isolet?.rounds && none?.rounds && isolet.p50 - none.p50,
  },
  ...besideNode(2, 'url-short', 'url-long', 'url-base', 'url-set', 'url-search-params'),
  ...besideNode(2, 'url-params', 'url-params-record', 'base64'),
  ...besideNode(2, 'text-encode-ascii', 'text-encode-mixed', 'text-encode-cjk'),
  ...besideNode(2, 'text-decode-ascii', 'text-decode-mixed', 'text-decode-cjk'),
  ...besideNode(1.5, 'headers-new', 'headers-ten', 'headers-walk', 'request-new', 'request-ten'),
  ...besideNode(1.5, 'response-new', 'response-ten', 'response-json-new', 'response-text', 'response-json'),
  ...besideNode(1.2, 'web-sha-256'),
  absolute('timeout-overshoot', 'isolet', 'p99', 5, 'ms'),
  absolute('timeout-overshoot', 'isolet sync', 'p99', 5, 'ms'),
];

/**
 * The targets as a Markdown table with one column per report. Ratios are of medians; in brackets the ratio of the 5th
 * percentiles, which other programs on the machine disturb less.
 */
export function targetTable(reports) {
  const majors = reports.map((report) => Number(report.node.version.split('.')[0]));
  const rows = targets.map((target) => {
    const cells = reports.map((report, i) => {
      if (target.majors && !target.majors.includes(majors[i])) return '–';
      const found = report.cases.find((entry) => entry.name === target.case);
      const value = found && target.measure(found, 'p50');
      if (value === undefined) return 'not measured';
      const undisturbed = target.measure(found, 'p5');
      const aside = undisturbed === value ? '' : ` (${number(undisturbed)})`;
      return `${number(value)}${aside} ${target.unit} ${value <= target.max ? '✓' : '✗'}`;
    });
    return `| ${target.case} | ${target.text} | ${cells.join(' | ')} |`;
  });
  const heads = reports.map((report) => `Node ${report.node.version}`);
  return [`| case | target | ${heads.join(' | ')} |`, `|---|---|${heads.map(() => '---').join('|')}|`, ...rows].join(
    '\n',
  );
}
