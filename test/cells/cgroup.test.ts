import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { enterGroup, type GroupTree } from '../../lib/cells/cgroup.ts';

const limits = { memory: 1000, tasks: 20 };
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A tree as the kernel shows it, in which files can be written. @param own - the group of this process */
function treeWith(own: string, controllers: Record<string, string>): GroupTree & { root: string } {
  const folder = mkdtempSync(join(tmpdir(), 'groups-'));
  folders.push(folder);
  const root = join(folder, 'root');
  mkdirSync(join(root, own), { recursive: true });
  for (const [group, names] of Object.entries(controllers)) {
    writeFileSync(join(root, group, 'cgroup.subtree_control'), names);
    writeFileSync(join(root, group, 'cgroup.type'), 'domain\n');
  }
  const memberships = join(folder, 'memberships');
  writeFileSync(memberships, `3:cpuset:/\n0::/${own}\n`);
  const mounts = join(folder, 'mounts');
  writeFileSync(mounts, `30 20 0:5 / /proc rw - proc proc rw\n31 20 0:6 / ${root} rw,relatime - cgroup2 none rw\n`);
  return { memberships, mounts, root };
}

const groupsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('isolet-cell-'));

describe('a control group for a cell', () => {
  it('is made beside that of the host, where that was given its part of the tree', () => {
    const tree = treeWith('service/main', { service: 'cpu memory pids\n', 'service/main': '\n' });
    // Its own has processes in it: the kernel refuses to give it controllers.
    rmSync(join(tree.root, 'service/main/cgroup.subtree_control'));
    mkdirSync(join(tree.root, 'service/main/cgroup.subtree_control'));
    const { wall } = enterGroup(4711, limits, tree);
    expect(wall).toEqual({ layer: 'cgroup', state: 'held', detail: 2 });
    const [group = ''] = groupsIn(join(tree.root, 'service'));
    const fileOf = (name: string) => readFileSync(join(tree.root, 'service', group, name), 'utf8').trim();
    expect(['memory.max', 'memory.oom.group', 'pids.max', 'cgroup.procs'].map(fileOf)).toEqual([
      '1000',
      '1',
      '20',
      '4711',
    ]);
  });

  it('is made below that of the host where that is at the top of what it sees', () => {
    const tree = treeWith('', { '.': 'memory pids\n' });
    expect(enterGroup(1, limits, tree).wall.state).toBe('held');
    expect(groupsIn(tree.root)).toHaveLength(1);
  });

  it('is another one for each cell', () => {
    const tree = treeWith('', { '.': 'memory pids\n' });
    for (let i = 0; i < 3; i++) enterGroup(1, limits, tree);
    expect(groupsIn(tree.root)).toHaveLength(3);
  });

  it('is missing, with what was refused, where there is no such tree', () => {
    const tree = treeWith('', {});
    writeFileSync(tree.memberships, '4:memory:/\n');
    expect(enterGroup(1, limits, tree).wall).toEqual({
      layer: 'cgroup',
      state: 'missing',
      call: 'cgroup2',
      errno: constants.errno.ENOENT,
    });
  });

  it.each(['system.slice', '.'])('is not made in what belongs to the manager of the system: %s', (parent) => {
    const tree = treeWith(join(parent, 'app.service'), { [parent]: 'memory pids\n' });
    if (parent === '.') rmSync(join(tree.root, 'cgroup.type'));
    expect(enterGroup(1, limits, tree).wall.state).toBe('missing');
    expect(groupsIn(join(tree.root, parent))).toEqual([]);
  });

  it('is missing where groups are without the controllers, and nothing is left', () => {
    const tree = treeWith('service', {});
    writeFileSync(join(tree.root, 'service/cgroup.type'), 'domain\n');
    const { wall } = enterGroup(1, limits, tree);
    expect(wall).toMatchObject({ state: 'missing', errno: constants.errno.ENOENT });
    expect(groupsIn(join(tree.root, 'service'))).toEqual([]);
  });
});
