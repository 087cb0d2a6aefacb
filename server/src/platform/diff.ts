import { createTwoFilesPatch } from 'diff';
import { ServerError } from '../errors/server-error.ts';
import type { SourceRecord } from '../storage/records.ts';
import { canonical } from './version-id.ts';

/** What differs between two versions. */
export interface Diff {
  readonly from: string;
  readonly to: string;
  /** Unified; empty if the sources are the same. */
  readonly patch: string;
  /** Names of variables. */
  readonly env: { readonly added: string[]; readonly removed: string[]; readonly changed: string[] };
  /** What is set in another way; `null`: not set. */
  readonly settings: { readonly name: string; readonly from: unknown; readonly to: unknown }[];
}

/** Longest time in ms that a comparison may keep the event loop. */
const patience = 300;

/** @throws {ServerError} if the sources are too different to be compared in that time */
export function diffOf(from: SourceRecord, to: SourceRecord): Diff {
  const [old, current] = [settingsOf(from), settingsOf(to)];
  return {
    from: from.version,
    to: to.version,
    patch: patchOf(from, to),
    env: namesOf(old.env, current.env),
    settings: changesOf(old.others, current.others),
  };
}

function settingsOf({ settings }: SourceRecord): { env: Values; others: Values } {
  const { env = {}, sourceMap: _map, ...others } = settings as Values & { env?: Values };
  return { env, others };
}

function patchOf(from: SourceRecord, to: SourceRecord): string {
  if (from.spec.code === to.spec.code) return '';
  const names = [`${from.name}@${from.version}`, `${to.name}@${to.version}`] as const;
  const options = { context: 3, timeout: patience };
  const patch = createTwoFilesPatch(...names, from.spec.code, to.spec.code, undefined, undefined, options);
  if (patch !== undefined) return patch;
  throw new ServerError(
    'ERR_ISOLET_SERVER_UNSUPPORTED',
    'The sources are too different to be compared. Read both of them.',
  );
}

type Values = Readonly<Record<string, unknown>>;

const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

function namesOf(old: Values, current: Values): Diff['env'] {
  const [before, now] = [Object.keys(old), Object.keys(current)];
  return {
    added: now.filter((name) => !Object.hasOwn(old, name)).sort(),
    removed: before.filter((name) => !Object.hasOwn(current, name)).sort(),
    changed: now.filter((name) => Object.hasOwn(old, name) && !isSame(old[name], current[name])).sort(),
  };
}

function changesOf(old: Values, current: Values): Diff['settings'] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(current)])].sort();
  return names
    .map((name) => ({ name, from: old[name] ?? null, to: current[name] ?? null }))
    .filter(({ from, to }) => !isSame(from, to));
}
