import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NativeAddon } from './native.ts';
import { missingNodeFlag } from './node-snapshot.ts';

// Both lib/ and dist/ are one level below the package.
const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

let loaded: { addon: NativeAddon; file: string } | undefined;

/**
 * The C++ addon, loaded on first use. One built here from source wins over a prebuilt one: somebody wanted it.
 *
 * @throws Error with `code` 'ERR_DLOPEN_FAILED' when no binary fits this platform and Node version, or Node lacks a flag.
 */
export function loadAddon(): NativeAddon {
  loaded ??= load();
  return loaded.addon;
}

/** The file of the addon, loaded if it was not yet. */
export function addonFile(): string {
  loaded ??= load();
  return loaded.file;
}

/** The program that builds the walls of cells, made with the addon; undefined if it is nowhere. Linux only. */
export function launcherFile(): string | undefined {
  const beside = join(dirname(addonFile()), 'isolet-launcher');
  const prebuilt = join(packageRoot, 'prebuilds', `${process.platform}-${process.arch}`, `isolet-launcher${libcTag()}`);
  return [beside, prebuilt].find((file) => existsSync(file));
}

/** A file of the package. @param path - from its folder */
export function packageFile(path: string): string {
  return join(packageRoot, path);
}

/** `.glibc` or `.musl` on Linux, where a binary is bound to one of them; otherwise nothing. */
function libcTag(): string {
  if (process.platform !== 'linux') return '';
  return usesMusl() ? '.musl' : '.glibc';
}

/** Whether Node names musl's loader as its own: that stands in the first bytes of the executable. */
function usesMusl(): boolean {
  const head = Buffer.alloc(2048);
  try {
    const fd = openSync(process.execPath, 'r');
    try {
      readSync(fd, head, 0, head.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
  return head.includes('/ld-musl-');
}

function candidates(): string[] {
  // For a binary built by other means: a sanitizer build, a system package.
  const chosen = process.env['ISOLET_ADDON'];
  if (chosen) return [chosen];
  const { modules } = process.versions;
  return [
    join(packageRoot, 'build', `abi${modules}`, 'isolet.node'),
    // Of `node-gyp rebuild` in a clone, for whichever Node that was.
    join(packageRoot, 'build', 'Release', 'isolet.node'),
    join(packageRoot, 'prebuilds', `${process.platform}-${process.arch}`, `isolet.abi${modules}${libcTag()}.node`),
  ];
}

/** What keeps a Node with these options from running isolates. */
function problemWith(execArgv: readonly string[], nodeOptions: string): string | undefined {
  const { platform, arch, versions } = process;
  const nodeMajor = Number.parseInt(versions.node, 10);
  return missingNodeFlag({ nodeMajor, platform: `${platform}-${arch}${libcTag()}`, execArgv, nodeOptions });
}

/** Options without which another process of this Node could not run isolates. */
export function neededNodeFlags(): string[] {
  return problemWith([], '') ? ['--no-node-snapshot'] : [];
}

/** Thrown instead of a crash in the first isolate. */
function checkNodeFlags(): void {
  const problem = problemWith(process.execArgv, process.env['NODE_OPTIONS'] ?? '');
  if (problem) throw Object.assign(new Error(problem), { code: 'ERR_DLOPEN_FAILED' });
}

function load(): { addon: NativeAddon; file: string } {
  checkNodeFlags();
  const failures: unknown[] = [];
  for (const file of candidates()) {
    if (!existsSync(file)) continue;
    try {
      return { addon: require(file) as NativeAddon, file };
    } catch (error) {
      failures.push(error);
    }
  }
  throw loadError(failures);
}

function loadError(failures: unknown[]): Error {
  const { node, modules } = process.versions;
  const libc = libcTag().slice(1);
  const chosen = process.env['ISOLET_ADDON'];
  const lines = [
    `isolet has no binary for ${process.platform} ${process.arch}${libc && ` (${libc})`}, Node ${node} (ABI ${modules}).`,
    ...failures.map((failure) => `  ${failure instanceof Error ? failure.message : String(failure)}`),
    chosen
      ? `ISOLET_ADDON names ${chosen}; no other place was searched.`
      : `Build it from the sources in this package with: npx isolet build (needs a C++20 compiler, make and Python 3)`,
  ];
  const cause = failures[0];
  const error = cause === undefined ? new Error(lines.join('\n')) : new Error(lines.join('\n'), { cause });
  return Object.assign(error, { code: 'ERR_DLOPEN_FAILED' });
}
