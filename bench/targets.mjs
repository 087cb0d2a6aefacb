// What the project wants to reach, and the table that says whether it does.

import { number } from './harness/print.mjs';
import { steadySpread } from './harness/results.mjs';
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
  text: `${variant === 'isolet' ? '' : `${variant}: `}${field} ≤ ${max} ${unit}`,
  max,
  unit,
  measure: ({ variants }) => variants[variant]?.rounds && variants[variant][field] * scale,
});

const besideNode = (max, ...cases) => cases.map((name) => times(name, 'isolet', 'node', max));

const forNode = (majors, target) => ({ ...target, majors });

/** Of a run in which each round had processes of its own. */
const steady = (name, variant = 'isolet') => ({
  case: name,
  text: `${variant}: slowest ≤ 1.5 × fastest of ten runs`,
  max: 1.5,
  unit: '×',
  measure: (_found, _field, report) => steadySpread(report, name, variant),
});

export const targets = [
  // First calls.
  times('cold-start', 'isolet', 'floor', 1.15),
  times('cold-start', 'isolet', 'isolated-vm', 0.5),
  times('cold-start', 'isolet create', 'isolated-vm async', 0.5),
  times('cold-start-paced', 'isolet', 'isolated-vm', 0.5),
  absolute('pool-first-stock', 'isolet', 'p50', 0.5, 'ms', 1e-3),
  absolute('pool-first-burst', 'isolet', 'p50', 0.2, 'ms', 1e-3),
  absolute('deploy-800kb', 'isolet', 'p50', 150, 'ms'),
  absolute('cold-800kb', 'isolet', 'p50', 15, 'ms', 1e-3),
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
  // Synchronous calls: in place, and guarded, which is the default.
  times('call-numbers', 'isolet in place', 'isolated-vm', 0.5),
  times('call-numbers', 'isolet in place', 'floor', 2),
  times('call-object', 'isolet in place', 'isolated-vm', 0.5),
  {
    case: 'call-numbers',
    text: 'arming a timeout (in place) ≤ 0.1 µs',
    max: 0.1,
    unit: 'µs',
    measure: ({ variants: { 'isolet in place': isolet, 'isolet in place armed': armed } }, field) =>
      isolet?.rounds && armed?.rounds && median(armed.rounds.map((round, i) => round[field] - isolet.rounds[i][field])),
  },
  times('call-numbers', 'isolet', 'isolated-vm', 2.5),
  times('call-object', 'isolet', 'isolated-vm', 1.5),
  ...['call-numbers', 'call-object'].map((name) => ({
    case: name,
    text: 'isolet: p99 ≤ 3 × p50',
    max: 3,
    unit: '×',
    measure: ({ variants: { 'isolet one by one': one, isolet } }) => tail(one?.rounds ? one : isolet),
  })),
  // Asynchronous ones.
  times('async-1', 'isolet', 'isolated-vm', 0.3),
  times('async-64', 'isolet', 'isolated-vm', 0.2),
  times('async-64', 'isolet', 'worker_threads', 0.5),
  times('host-call-async', 'isolet', 'isolated-vm', 0.4),
  // Data.
  times('call-1kb', 'isolet', 'isolated-vm', 1.2),
  times('call-1mb', 'isolet', 'isolated-vm', 1),
  times('call-buffer-moved', 'isolet', 'isolated-vm', 1),
  times('call-buffer-moved', 'isolet in place', 'isolated-vm', 1),
  times('call-bytes-moved', 'isolet in place', 'isolated-vm', 1),
  // In cells.
  times('cell-async-1', 'isolet cell', 'isolet', 3),
  times('cell-async-1', 'isolet cell', 'isolated-vm', 1),
  times('cell-async-64', 'isolet cell', 'isolet', 1.5),
  times('cell-async-64', 'isolet cell', 'isolated-vm', 1),
  times('cell-async-64-object', 'isolet cell', 'isolet', 2),
  times('cell-async-64-1kb', 'isolet cell', 'isolet', 1.1),
  times('cell-host-call', 'isolet cell', 'isolet', 2),
  times('cell-first', 'isolet cell', 'isolet', 1.5),
  absolute('cell-first', 'isolet cell, no spare', 'p50', 100, 'ms', 1e-3),
  forNode([20, 22], absolute('cell-memory', 'isolet cell', 'p50', 7, 'MB')),
  forNode([24, 26], absolute('cell-memory', 'isolet cell', 'p50', 10, 'MB')),
  // The same tomorrow.
  steady('call-numbers'),
  steady('call-object'),
  steady('call-numbers', 'isolet in place'),
  steady('async-1'),
  steady('host-call-async'),
  steady('serverless-warm'),
  steady('cold-start-paced'),
  steady('pool-first-stock'),
  steady('pool-first-burst'),
  // The rest.
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
  ...besideNode(1.5, 'headers-new', 'headers-ten', 'headers-pairs', 'headers-walk'),
  ...besideNode(1.5, 'request-new', 'request-ten'),
  ...besideNode(1.5, 'response-new', 'response-ten', 'response-json-new', 'response-text', 'response-json'),
  ...besideNode(1.2, 'web-sha-256'),
  absolute('timeout-overshoot', 'isolet', 'p99', 5, 'ms'),
  absolute('timeout-overshoot', 'isolet sync', 'p99', 5, 'ms'),
];

/** How much longer than usual one call in a hundred takes. */
const tail = (variant) => variant?.rounds && median(variant.rounds.map(({ p50, p99 }) => p99 / p50));

/** The targets that concern the Node of a report, with what was measured; `value` is undefined where nothing was. */
export function judgedTargets(report) {
  const major = Number(report.node.version.split('.')[0]);
  const cases = [...report.cases, ...report.steadyCases];
  return targets
    .filter(({ majors }) => !majors || majors.includes(major))
    .map((target) => {
      const found = cases.find((entry) => entry.name === target.case);
      const value = found && target.measure(found, 'p50', report);
      const named = { target, name: target.case, text: target.text };
      if (value === undefined) return { ...named, value, met: false, shown: 'not measured' };
      const undisturbed = target.measure(found, 'p5', report);
      const aside = undisturbed === value ? '' : ` (${number(undisturbed)})`;
      return { ...named, value, met: value <= target.max, shown: `${number(value)}${aside} ${target.unit}` };
    });
}

/**
 * The targets as a Markdown table with one column per report. Ratios are of medians; in brackets the ratio of the 5th
 * percentiles, which other programs on the machine disturb less.
 */
export function targetTable(reports) {
  const judged = reports.map((report) => new Map(judgedTargets(report).map((one) => [one.target, one])));
  const rows = targets.map((target) => {
    const cells = judged.map((found) => {
      const one = found.get(target);
      if (!one) return '–';
      return one.value === undefined ? one.shown : `${one.shown} ${one.met ? '✓' : '✗'}`;
    });
    return `| ${target.case} | ${target.text} | ${cells.join(' | ')} |`;
  });
  const heads = reports.map((report) => `Node ${report.node.version}`);
  return [`| case | target | ${heads.join(' | ')} |`, `|---|---|${heads.map(() => '---').join('|')}|`, ...rows].join(
    '\n',
  );
}
