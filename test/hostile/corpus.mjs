import { readdirSync } from 'node:fs';

const folder = new URL('./programs/', import.meta.url);

/** Every program, in the order of the files. */
export async function loadCorpus() {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.mjs'))
    .sort();
  const groups = await Promise.all(files.map((name) => import(new URL(name, folder).href)));
  const programs = groups.flatMap((module) => module.default);
  const seen = new Set();
  for (const { id } of programs) {
    if (seen.has(id)) throw new Error(`two programs are called ${id}`);
    seen.add(id);
  }
  return programs;
}

/** One program; its file is named by its category. */
export async function loadProgram(id) {
  const module = await import(new URL(`${id.slice(0, id.indexOf('/'))}.mjs`, folder).href);
  const program = module.default.find((one) => one.id === id);
  if (!program) throw new Error(`no program ${id}`);
  return program;
}
