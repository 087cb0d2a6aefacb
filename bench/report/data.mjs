// From a result to the rows of a picture.
import { steadySpread } from '../harness/results.mjs';
import { median } from '../harness/stats.mjs';

const measured = (variant) => (variant?.rounds?.length > 0 ? variant : undefined);

/** @returns one row for each of the others that a case was measured with */
export function ratiosOf(report, { rows, without = [] }) {
  return rows.flatMap(({ name, label, mine, against, as }) => {
    const found = report.cases.find((entry) => entry.name === name);
    const own = measured(found?.variants[mine]);
    if (!own) return [];
    return [...against, ...Object.keys(as)]
      .filter((other) => !without.includes(other) && !Object.values(as).includes(other))
      .flatMap((other) => {
        const theirs = measured(found.variants[other]);
        if (!theirs) return [];
        const ratios = own.rounds
          .slice(0, theirs.rounds.length)
          .map(({ p50 }, i) => p50 / theirs.rounds[i].p50)
          .filter((ratio) => Number.isFinite(ratio) && ratio > 0);
        if (ratios.length === 0) return [];
        const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
        const shared = { label, peer: as[other] ?? other, ratio: median(ratios), low, high };
        return [{ ...shared, mine: own.p50, theirs: theirs.p50, unit: found.unit }];
      });
  });
}

/** @returns one row for each point of a curve and variant */
export function pointsOf(report, id) {
  return report.cases
    .filter(({ curve }) => curve?.name === id)
    .flatMap(({ curve, unit, variants }) =>
      Object.entries(variants).flatMap(([peer, variant]) => {
        if (!measured(variant)) return [];
        const medians = variant.rounds.map(({ p50 }) => p50);
        return [
          {
            x: curve.x,
            axis: curve.axis,
            peer,
            y: median(medians),
            low: Math.min(...medians),
            high: Math.max(...medians),
            unit,
          },
        ];
      }),
    );
}

/** @returns how far medians are apart, isolet's and those of isolated-vm */
export function spreadsOf(report, { rows }) {
  return rows.flatMap(({ name, label, mine }) => {
    return [mine, 'isolated-vm'].flatMap((variant) => {
      const spread = steadySpread(report, name, variant);
      return spread ? [{ label, peer: variant.startsWith('isolet') ? 'isolet' : variant, spread }] : [];
    });
  });
}
