import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What a process of Node opens until it runs a script. */
export interface Needs {
  node: string;
  /** May be read and run: node, and the loader of its libraries. */
  execute: string[];
  read: string[];
  /** Symbolic links on the way to them, by name. */
  links: Map<string, string>;
}

/** The loaders of glibc and musl, by the names that stand in programs. */
const loaders = [
  '/lib64/ld-linux-x86-64.so.2',
  '/lib/ld-linux-aarch64.so.1',
  '/lib/ld-musl-x86_64.so.1',
  '/lib/ld-musl-aarch64.so.1',
];

/** Of the process itself and of the machine: what Node and the engine ask at their start. */
const facts = [
  '/proc/self',
  '/proc/meminfo',
  '/proc/sys/vm/max_map_count',
  '/sys/fs/cgroup',
  '/sys/devices/system/cpu',
];

let known: Needs | undefined;

/** A cell is the same node with the same libraries as this process, so this process knows them. */
export function nodeNeeds(): Needs {
  known ??= findNeeds();
  return known;
}

/** What Node reads of a script, or of an addon: the file, and the `package.json` that is about it. */
export function filesOf(script: string): string[] {
  for (let folder = dirname(script); ; folder = dirname(folder)) {
    const description = join(folder, 'package.json');
    if (existsSync(description)) return [script, description];
    if (folder === dirname(folder)) return [script];
  }
}

function findNeeds(): Needs {
  const node = realpathSync(process.execPath);
  const links = new Map<string, string>();
  const execute = [node];
  for (const loader of loaders) {
    if (!existsSync(loader)) continue;
    noteLinks(loader, links);
    execute.push(realpathSync(loader));
  }
  const libraries = mappedLibraries();
  for (const library of libraries) noteNames(library, links);
  for (const folder of ['/lib', '/lib64', '/usr/lib64']) noteLinks(folder, links);
  return { node, execute, read: [...libraries, '/etc/ld.so.cache', ...facts], links };
}

/** Files of libraries that are mapped into this process, but what packages bring with their addons: a cell loads one. */
function mappedLibraries(): string[] {
  const found = new Set<string>();
  for (const line of readFileSync('/proc/self/maps', 'utf8').split('\n')) {
    const file = /\s(\/.*\.so(?:\.[\d.]+)?)$/.exec(line)?.[1];
    if (file && !file.includes('/node_modules/') && existsSync(file)) found.add(file);
  }
  return [...found];
}

/** The links beside a library that lead to it: programs ask for it by one of them. */
function noteNames(library: string, links: Map<string, string>): void {
  const folder = dirname(library);
  const stem = basename(library).replace(/[-\d.]*\.so.*$/, '');
  for (const name of readdirSync(folder)) {
    if (name.startsWith(stem) && name.includes('.so')) noteLinks(join(folder, name), links, library);
  }
}

/** Notes the symbolic links in a path, from its beginning. @param target - only if that is what it leads to */
function noteLinks(path: string, links: Map<string, string>, target?: string): void {
  try {
    if (target !== undefined && (!lstatSync(path).isSymbolicLink() || realpathSync(path) !== target)) return;
    let at = '';
    for (const part of path.split('/').filter(Boolean)) {
      at = `${at}/${part}`;
      if (!lstatSync(at).isSymbolicLink()) continue;
      const leadsTo = readlinkSync(at);
      links.set(at, leadsTo);
      const next = join(dirname(at), leadsTo);
      const resolved = leadsTo.startsWith('/') ? leadsTo : next;
      noteLinks(resolved, links);
      at = realpathSync(at);
    }
  } catch {
    // Not there, so nobody needs it.
  }
}
