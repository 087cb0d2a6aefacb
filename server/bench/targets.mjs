// What the server is meant to reach.

const targets = [
  { of: 'event', what: 'ofBare', least: 0.55, text: 'requests/s of bare node:http' },
  { of: 'event', what: 'ofWorkerd', least: 1.5, text: 'requests/s of workerd' },
  { of: 'event', what: 'cpuOfWorkerd', most: 0.65, text: 'the processor time of workerd' },
  { of: 'handler', what: 'ofBare', least: 0.4, text: 'requests/s of bare node:http' },
  { of: 'handler', what: 'ofWorkerd', least: 1.1, text: 'requests/s of workerd' },
];

/** @param {Record<string, any>} variants */
export function judge(variants) {
  return targets.flatMap(({ of, what, least, most, text }) => {
    const value = variants[of]?.[what]?.[1];
    if (value === undefined) return [];
    const holds = least === undefined ? value <= most : value >= least;
    const bound = least === undefined ? `at most ${most}` : `at least ${least}`;
    return [{ holds, text: `${of}: ${value} × ${text} (${bound})` }];
  });
}
