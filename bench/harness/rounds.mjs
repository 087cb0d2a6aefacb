// Runs one case: every variant in a process of its own, rounds interleaved (A B C A B C …).
import { median, spreadOf, summarize } from './stats.mjs';
import { VariantProcess } from './variant-process.mjs';

/**
 * @param entry a case; `fresh` = a new process per round (for memory, which a process does not give back),
 *   `processors` = how many the process may use,
 *   `together` = the variants of a round run at the same time (for waiting), `pooled` = p5, p50 and p99 are those of
 *   all rounds' samples, where a round has too few for a p99.
 * @param options `steady` = a new process per round for every case: what the medians then differ by is `spread`.
 */
export async function runCase(given, { file, target, rounds, settings, only, steady = false, baseline = 'isolet' }) {
  const entry = steady ? { ...given, fresh: true } : given;
  const names = Object.keys(entry.variants).filter((name) => !only || only.includes(name));
  const start = (variant) =>
    new VariantProcess({
      nodePath: target.path,
      file,
      caseName: entry.name,
      variant,
      settings: settings(variant),
      processors: entry.processors,
    });
  const variants = new Map(
    names.map((name) => [name, { rounds: [], samples: [], process: undefined, problem: undefined }]),
  );

  const fail = async (state, reply) => {
    state.problem = reply.unavailable ? { unavailable: reply.unavailable } : { error: reply.error };
    await state.process?.close();
    state.process = undefined;
  };
  const oneRound = async (name) => {
    const state = variants.get(name);
    if (state.problem) return;
    if (!state.process) {
      state.process = start(name);
      const reply = await state.process.ask('open');
      if (!reply.ok) return fail(state, reply);
    }
    const reply = await state.process.ask('round');
    if (!reply.samples) return fail(state, reply);
    if (entry.pooled) state.samples.push(...reply.samples);
    state.rounds.push({ ...summarize(reply.samples), ...(reply.notes && { notes: reply.notes }) });
    if (entry.fresh) {
      await state.process.close();
      state.process = undefined;
    }
  };

  for (let round = 0; round < rounds; round += 1) {
    if (entry.together) await Promise.all(names.map(oneRound));
    else for (const name of names) await oneRound(name);
  }
  await Promise.all([...variants.values()].map((state) => state.process?.close()));
  return summarizeCase(entry, variants, baseline);
}

const mediansOf = (rounds) => ({
  p5: median(rounds.map((round) => round.p5)),
  p50: median(rounds.map((round) => round.p50)),
  p99: median(rounds.map((round) => round.p99)),
});

function summarizeCase(entry, variants, baseline) {
  const result = {
    name: entry.name,
    title: entry.title,
    unit: entry.unit ?? 'µs',
    ...(entry.curve && { curve: entry.curve }),
    variants: {},
  };
  const base = variants.get(baseline);
  for (const [name, { rounds, samples, problem }] of variants) {
    if (problem) {
      result.variants[name] = problem;
      continue;
    }
    const ratios = base?.problem || !base ? [] : base.rounds.map((round, i) => round.p50 / rounds[i].p50);
    const { p5, p50, p99 } = entry.pooled ? summarize(samples) : mediansOf(rounds);
    result.variants[name] = {
      p5,
      p50,
      p99,
      spread: spreadOf(rounds),
      // How many times this variant's time `baseline` takes: below 1, isolet is faster.
      ...(ratios.length > 0 && name !== baseline && { ratio: median(ratios), ratios }),
      rounds,
    };
  }
  return result;
}
