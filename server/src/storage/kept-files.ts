// Files and folders that are still there after a power failure: a name is kept when its folder is, which is asked for apart
// from what is in the file.
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Waits until what is in a file is on the disk. */
export function keep(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Waits until the names in a folder are on the disk, where there is a way to. */
export function keepNames(folder: string): void {
  try {
    const opened = openSync(folder, 'r');
    try {
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  } catch {
    // Windows and some file systems keep names by themselves; others' folders may not be ours to open.
  }
}

/** Makes a folder, and those above it, for the owner alone. */
export function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; ; made = dirname(made)) {
    keepNames(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
}

/** Makes a file for the owner alone: it is there as a whole or not at all. */
export function makeFile(path: string, text: string): void {
  const growing = `${path}.partial`;
  rmSync(growing, { force: true });
  writeFileSync(growing, text, { flag: 'wx', mode: 0o600, flush: true });
  renameSync(growing, path);
  keepNames(dirname(path));
}
