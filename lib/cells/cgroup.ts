import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { CellWall } from '../errors/cell-error.ts';

/** Where the system says which groups there are; tests have a tree of their own. */
export interface GroupTree {
  /** The groups of this process. */
  memberships: string;
  mounts: string;
}

const system: GroupTree = { memberships: '/proc/self/cgroup', mounts: '/proc/self/mountinfo' };

/** What a group of its own bounds. */
export interface GroupLimits {
  /** Bytes of everything that the kernel charges, its own for the process included. */
  memory: number;
  /** Threads and processes. */
  tasks: number;
}

export interface CellGroup {
  wall: CellWall;
  /** When the process is gone; resolves when the group is, too, or can't be removed. */
  remove(): Promise<void>;
}

let made = 0;

/**
 * Puts a process into a control group (version 2) of its own, where the system has given this process a part of the tree
 * in which it may make some: beside the group that it is in itself, or below it. Never throws: what can't be had is
 * missing, with what was refused.
 */
export function enterGroup(pid: number, limits: GroupLimits, tree: GroupTree = system): CellGroup {
  let refused: CellWall = { layer: 'cgroup', state: 'missing', call: 'cgroup2', errno: constants.errno.ENOENT };
  for (const parent of parentsIn(tree)) {
    const group = join(parent, `isolet-cell-${process.pid}-${++made}`);
    try {
      enableControllers(parent);
      mkdirSync(group);
    } catch (error) {
      refused = missing(error);
      continue;
    }
    try {
      write(group, 'memory.max', limits.memory);
      // Else what does not fit goes there.
      if (existsSync(join(group, 'memory.swap.max'))) write(group, 'memory.swap.max', 0);
      write(group, 'memory.oom.group', 1);
      write(group, 'pids.max', limits.tasks);
      write(group, 'cgroup.procs', pid);
      return { wall: { layer: 'cgroup', state: 'held', detail: 2 }, remove: () => removeSoon(group) };
    } catch (error) {
      refused = missing(error);
      void removeSoon(group);
    }
  }
  return { wall: refused, remove: async () => {} };
}

/** The groups in which one may be made: where this process is, and the one around it. */
function parentsIn({ memberships, mounts }: GroupTree): string[] {
  try {
    const [, path] = /^0::(\/.*)$/m.exec(readFileSync(memberships, 'utf8')) ?? [];
    const mount = readFileSync(mounts, 'utf8')
      .split('\n')
      .map((line) => / (\/\S*) (\/\S*) .* - cgroup2 /.exec(line))
      .find((found) => found !== null);
    if (path === undefined || !mount) return [];
    const [, root = '/', point = ''] = mount;
    const below = root === '/' ? path : path.startsWith(root) ? path.slice(root.length) : '/';
    const own = join(point, below);
    const found = own === point || own === `${point}/` ? [point] : [own, dirname(own)];
    return found.filter(isOurs);
  } catch {
    return [];
  }
}

/**
 * Whoever may write everywhere is not to: the root of all groups (it has no type) and slices belong to the system's own
 * manager.
 */
const isOurs = (group: string): boolean => existsSync(join(group, 'cgroup.type')) && !group.endsWith('.slice');

/** Those that groups below have to have. */
function enableControllers(parent: string): void {
  const file = 'cgroup.subtree_control';
  const wanted = ['memory', 'pids'];
  const enabled = (): boolean => {
    const has = readFileSync(join(parent, file), 'utf8').trim().split(/\s+/);
    return wanted.every((one) => has.includes(one));
  };
  if (enabled()) return;
  write(parent, file, wanted.map((one) => `+${one}`).join(' '));
  if (!enabled()) {
    throw Object.assign(new Error(), { syscall: file, errno: -constants.errno.EOPNOTSUPP });
  }
}

function write(group: string, file: string, value: string | number): void {
  try {
    writeFileSync(join(group, file), `${value}\n`);
  } catch (error) {
    throw Object.assign(error as NodeJS.ErrnoException, { syscall: file });
  }
}

function missing(error: unknown): CellWall {
  const { syscall = 'cgroup2', errno = 0 } = error as NodeJS.ErrnoException;
  return { layer: 'cgroup', state: 'missing', call: syscall, errno: -errno };
}

/** The last thread may take a moment to leave. */
async function removeSoon(group: string): Promise<void> {
  for (const wait of [0, 10, 100, 1000]) {
    await setTimeout(wait, undefined, { ref: false });
    try {
      rmdirSync(group);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    }
  }
}
