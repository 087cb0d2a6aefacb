import { spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { launcherFile } from '../../lib/binding.ts';
import { type LaunchOptions, launch } from '../../lib/cells/launch.ts';
import { nodeNeeds } from '../../lib/cells/needs.ts';
import { wallError } from '../../lib/cells/wall-error.ts';
import { readReport } from '../../lib/cells/walls.ts';
import type { CellWall } from '../../lib/errors/cell-error.ts';
import { hasCells } from './support.ts';

/** What `code` prints in a process behind the walls. */
async function run(code: string, options: Partial<LaunchOptions> = {}) {
  const { process: started, walls } = await launch({
    arguments: ['-e', code],
    readable: [],
    namespaces: 'auto',
    landlock: 'required',
    ...options,
  });
  const [out, err, exit] = await Promise.all([text(started.output), text(started.errors), started.exited]);
  return {
    out: out.trim(),
    err,
    status: exit.code,
    signal: exit.signal,
    walls,
    layers: walls.filter(({ state }) => state === 'held').map(({ layer }) => layer),
  };
}

const always = [
  'descriptors',
  'no_new_privileges',
  'capabilities',
  'parent_death',
  'landlock',
  'limits',
  'first_filter',
];

describe.skipIf(!hasCells)('the launcher', () => {
  it('starts node behind every wall that the system has, and names them', async () => {
    const { out, err, status, layers } = await run('console.log(6 * 7)');
    expect({ out, err, status }).toEqual({ out: '42', err: '', status: 0 });
    expect(layers).toEqual(expect.arrayContaining(always));
  });

  it('starts it without namespaces, and says that they are missing', async () => {
    const { out, walls, layers } = await run('console.log(process.pid !== 1)', { namespaces: 'off' });
    expect(out).toBe('true');
    expect(layers).toEqual(always);
    expect(walls).toContainEqual({ layer: 'namespaces', state: 'missing', call: 'off', errno: 0 });
  });

  it('leaves nothing of the environment, no descriptor, no file and no privilege', async () => {
    const code = `
      const fs = require('node:fs');
      const tried = (f) => { try { f(); return 'done'; } catch (error) { return error.code; } };
      const descriptors = fs.readdirSync('/proc/self/fd').map(Number).filter((fd) => fd > 4)
        .map((fd) => tried(() => fs.readlinkSync('/proc/self/fd/' + fd)) === 'done' ? fs.readlinkSync('/proc/self/fd/' + fd) : '')
        .filter((to) => to && !/^(anon_inode|pipe|\\/proc\\/)/.test(to));
      const status = fs.readFileSync('/proc/self/status', 'utf8');
      console.log(JSON.stringify({
        names: Object.keys(process.env).filter((name) => !/^(LANG|LC_ALL|LD_LIBRARY_PATH)$/.test(name)),
        descriptors,
        passwd: tried(() => fs.readFileSync('/etc/passwd')),
        write: tried(() => fs.writeFileSync('/tmp/isolet-cell-was-here', '')),
        folder: tried(() => fs.readdirSync('/')),
        capabilities: /^CapEff:\\s*(\\w+)/m.exec(status)[1],
        bounding: /^CapBnd:\\s*(\\w+)/m.exec(status)[1],
        filters: /^Seccomp:\\s*(\\w+)/m.exec(status)[1],
        noNewPrivileges: /^NoNewPrivs:\\s*(\\w+)/m.exec(status)[1],
        limit: /^Max core file size\\s+(\\w+)\\s+(\\w+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8')).slice(1),
        child: require('node:child_process').spawnSync('/bin/sh', ['-c', 'echo hi']).error?.code,
      }));`;
    for (const namespaces of ['off', 'auto'] as const) {
      const { out, err } = await run(code, { namespaces });
      expect(err).toBe('');
      const seen = JSON.parse(out) as Record<string, unknown>;
      expect(seen).toMatchObject({
        names: ['OPENSSL_CONF', 'UV_USE_IO_URING', 'TZ'],
        descriptors: [],
        folder: 'EACCES',
        capabilities: '0000000000000000',
        filters: '2',
        noNewPrivileges: '1',
        limit: ['0', '0'],
      });
      expect(seen['passwd']).toMatch(/^(EACCES|ENOENT)$/);
      expect(seen['write']).toMatch(/^(EACCES|ENOENT|EROFS)$/);
      expect(seen['child']).toMatch(/^(EACCES|ENOENT)$/);
      if (process.getuid?.() === 0) expect(seen['bounding']).toBe('0000000000000000');
    }
  });

  it('ends as its program did', async () => {
    for (const namespaces of ['off', 'auto'] as const) {
      expect(await run('process.exit(7)', { namespaces })).toMatchObject({ status: 7, signal: null });
      expect(await run('process.kill(process.pid, "SIGKILL")', { namespaces: 'off' })).toMatchObject({
        signal: 'SIGKILL',
      });
    }
  });

  /** What a launcher says that runs behind another one, whose filter refuses namespaces as a container's does. */
  function within(...given: string[]): string[] {
    const file = launcherFile() ?? '';
    const outer = ['report=4', `parent=${process.pid}`, 'namespaces=off', 'landlock=off', 'keep=3', '--', file];
    const inner = ['report=3', `parent=${process.pid}`, 'landlock=off', ...given, '--', nodeNeeds().node, '-e', ''];
    const stdio = ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] as const;
    const { output, stderr } = spawnSync(file, [...outer, ...inner], { stdio: [...stdio], encoding: 'utf8' });
    expect(stderr).toBe('');
    return output[3]?.trim().split('\n') ?? [];
  }

  it('starts nothing where namespaces are required and refused', () => {
    const said = within('namespaces=required');
    expect(said.at(-1)).toBe('failed user_namespace unshare(CLONE_NEWUSER) 1');
  });

  it('goes on without namespaces that are refused and may be missing, and names each', () => {
    const said = within('namespaces=auto');
    const missing = said.filter((line) => line.startsWith('missing ')).map((line) => line.split(' ')[1]);
    expect(missing).toEqual([
      'user_namespace',
      'network_namespace',
      'ipc_namespace',
      'uts_namespace',
      'process_namespace',
      'empty_root',
      'landlock',
    ]);
    expect(said.at(-1)).toMatch(/^held first_filter /);
  });

  it('reads as one error what was refused, by whom, and what an administrator can do', () => {
    const [wall] = readReport('held limits 6\nfailed landlock landlock_create_ruleset 38\n').slice(-1);
    const error = wallError(wall as CellWall);
    expect(error).toMatchObject({ name: 'CellError', retryable: false, wall: { layer: 'landlock', errno: 38 } });
    expect(error.message).toMatch(/'landlock'.*landlock_create_ruleset answered ENOSYS.*Linux 5\.13/);
  });

  it('refuses what it does not understand', () => {
    const file = launcherFile() ?? '';
    const good = ['report=3', `parent=${process.pid}`, 'namespaces=off', 'landlock=off'];
    const said = (...given: string[]) => {
      const { output, status } = spawnSync(file, given, {
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        encoding: 'utf8',
      });
      expect(status).toBe(120);
      return output[3]?.trim().split('\n').at(-1);
    };
    expect(said(...good, 'colour=red', '--', '/bin/true')).toBe('failed instructions unknown 22');
    expect(said(...good, 'limit=core:many', '--', '/bin/true')).toBe('failed instructions limit 22');
    expect(said(...good, 'limit=shoes:1', '--', '/bin/true')).toBe('failed instructions limit 22');
    expect(said(...good, 'read=etc', '--', '/bin/true')).toBe('failed instructions read 22');
    expect(said(...good, 'read=/usr/../etc', '--', '/bin/true')).toBe('failed instructions read 22');
    expect(said(...good, 'landlock=perhaps', '--', '/bin/true')).toBe('failed instructions landlock 22');
    expect(said(...good, 'keep=-1', '--', '/bin/true')).toBe('failed instructions keep 22');
    expect(said(...good, 'keep=999', '--', '/bin/true')).toBe('failed descriptors keep 9');
    expect(said(...good, '--', 'true')).toBe('failed instructions program 22');
    expect(said(...good, '--')).toBe('failed instructions program 22');
    expect(said('report=3', 'parent=1', 'namespaces=off', '--', '/bin/true')).toBe('failed parent_death getppid 3');
    expect(said(...good, '--', '/nonexistent')).toBe('failed program execve 2');
  });
});
