import { readdirSync, readFileSync } from 'node:fs';

/** A process as the system tells it; undefined: there is none. */
function look(pid: number | string): { parent: number; name: string; state: string; zombie: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      parent: Number(parent),
      name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      state: state ?? '',
      zombie: state === 'Z',
    };
  } catch {
    return undefined;
  }
}

/** Its children, zombies too. @param name - only those that are called that */
export function childrenOf(pid: number, name?: string): number[] {
  return readdirSync('/proc')
    .filter((one) => /^\d+$/.test(one))
    .filter((one) => {
      const found = look(one);
      return found?.parent === pid && (name === undefined || found.name === name);
    })
    .map(Number);
}

/** The process and all that it and its children have started. */
export function familyOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)];
}

export function isThere(pid: number): boolean {
  return look(pid)?.zombie === false;
}

/** Each of its threads. */
export function hasStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) => look(`${pid}/task/${thread}`)?.state === 'T');
}

/** It ended and nobody asked how. */
export function isZombie(pid: number): boolean {
  return look(pid)?.zombie === true;
}

export function spawnersOf(pid: number): number[] {
  return childrenOf(pid, 'isolet-spawner');
}
