import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('packages.json', import.meta.url));

/** Installs the libraries, of the versions in `packages.json`, into the folder; what is there already stays. */
export function install(folder: string): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(packages, join(folder, 'package.json'));
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', ...quiet], {
    cwd: folder,
    stdio: 'inherit',
  });
}

/** The libraries that are tried: what is installed, but for what only belongs to another of them. */
export function versions(): ReadonlyMap<string, string> {
  const { dependencies } = JSON.parse(readFileSync(packages, 'utf8')) as { dependencies: Record<string, string> };
  return new Map(Object.entries(dependencies));
}
