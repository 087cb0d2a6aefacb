import { resolve } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { backupFolder, restoreFolder } from '../storage/libsql/backup.ts';

interface Options {
  readonly config?: string;
  readonly data?: string;
  readonly json?: boolean;
}

const dataOf = ({ data, config }: Options): string => data ?? loadConfig(process.env, process.cwd(), config).data;

/** `isolet-server backup <folder>`: also while the server runs. */
export function backupCommand(folder: string, options: Options): void {
  const files = backupFolder(dataOf(options), resolve(folder));
  const text = `${files.length} files copied to ${folder}. Keep the key apart: without it the secrets are lost.`;
  console.log(options.json ? JSON.stringify({ folder: resolve(folder), files }) : text);
}

/** `isolet-server restore <folder>`: while the server is stopped. */
export function restoreCommand(folder: string, options: Options): void {
  const { files, replaced } = restoreFolder(resolve(folder), dataOf(options));
  const kept = replaced === undefined ? '' : ` What was there is in ${replaced}.`;
  console.log(options.json ? JSON.stringify({ files, replaced }) : `${files.length} files restored.${kept}`);
}
