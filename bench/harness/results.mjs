// Result files: a run with `--steady` says how far medians are apart, another one everything else.
import { readFileSync } from 'node:fs';

/** @returns one report for each Node, in the order they are first met; what was measured twice is as in the first file */
export function readReports(files) {
  const byNode = new Map();
  for (const file of files) {
    const report = withSteady(JSON.parse(readFileSync(file, 'utf8')));
    const before = byNode.get(report.node.version);
    byNode.set(report.node.version, before ? joined(before, report) : report);
  }
  return [...byNode.values()];
}

/** A report with what it says of rounds in processes of their own, and how many those were. */
export function withSteady(report) {
  const { steady, cases, rounds } = report;
  return { ...report, steadyCases: steady ? cases : [], steadyRounds: steady ? rounds : 0 };
}

function joined(first, second) {
  // Ratios of a run in which variants took turns are worth more than of one in which they did not.
  const [base, other] = first.steady && !second.steady ? [second, first] : [first, second];
  const known = new Set(base.cases.map(({ name }) => name));
  return {
    ...base,
    cases: [...base.cases, ...other.cases.filter(({ name }) => !known.has(name))],
    steadyCases: [...first.steadyCases, ...second.steadyCases],
    steadyRounds: Math.max(first.steadyRounds, second.steadyRounds),
  };
}

/** The spread of a variant's medians, where each round had a process of its own; undefined where nothing was measured. */
export function steadySpread({ steadyCases }, name, variant) {
  return steadyCases.find((entry) => entry.name === name)?.variants[variant]?.spread;
}
