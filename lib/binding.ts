import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NativeAddon } from './native.ts';

// Both lib/ and dist/ are one level below the package.
const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

let loaded: NativeAddon | undefined;

/**
 * The C++ addon, loaded on first use. A prebuilt binary wins over one built from source.
 *
 * @throws Error with `code` 'ERR_DLOPEN_FAILED' when no binary fits this platform and Node version.
 */
export function loadAddon(): NativeAddon {
  loaded ??= load();
  return loaded;
}

/** `linux-x64`, or `linux-x64-musl` where the C library is musl. */
function platformName(): string {
  const base = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' && usesMusl() ? `${base}-musl` : base;
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

function candidates(platform: string): string[] {
  const { modules } = process.versions;
  const files = [
    join(packageRoot, 'prebuilds', platform, `isolet.abi${modules}.node`),
    join(packageRoot, 'build', `abi${modules}`, 'isolet.node'),
  ];
  // For a binary built by other means: a sanitizer build, a system package.
  const chosen = process.env['ISOLET_ADDON'];
  return chosen ? [chosen] : files;
}

function load(): NativeAddon {
  const platform = platformName();
  const failures: unknown[] = [];
  for (const file of candidates(platform)) {
    if (!existsSync(file)) continue;
    try {
      return require(file) as NativeAddon;
    } catch (error) {
      failures.push(error);
    }
  }
  throw loadError(platform, failures);
}

function loadError(platform: string, failures: unknown[]): Error {
  const lines = [
    `isolet has no binary for ${platform}, Node ${process.versions.node} (ABI ${process.versions.modules}).`,
    ...failures.map((failure) => `  ${failure instanceof Error ? failure.message : String(failure)}`),
    existsSync(join(packageRoot, 'binding.gyp'))
      ? `Build it with: npm run build (in ${packageRoot}; needs a C++20 compiler, make and Python 3)`
      : `This package carries binaries for: ${prebuiltNames().join(', ') || 'nothing'}.`,
  ];
  const cause = failures[0];
  const error = cause === undefined ? new Error(lines.join('\n')) : new Error(lines.join('\n'), { cause });
  return Object.assign(error, { code: 'ERR_DLOPEN_FAILED' });
}

function prebuiltNames(): string[] {
  const folder = join(packageRoot, 'prebuilds');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((platform) =>
    readdirSync(join(folder, platform)).map((file) => `${platform} ABI ${file.replace(/\D+/g, '')}`),
  );
}
