// Copies of all that is kept, and the way back.
import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { backupFolder, restoreFolder } from '../../storage/libsql/backup.ts';
import type { Invocation } from '../definitions.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';

const dataOf = ({ options, env, folder }: Invocation): string =>
  resolve(
    folder,
    (options['data'] as string | undefined) ?? loadConfig(env, folder, options['config'] as string | undefined).data,
  );

export async function backup(invocation: Invocation): Promise<number> {
  const folder = resolve(invocation.folder, invocation.args['folder'] as string);
  const files = orCommandError(() => backupFolder(dataOf(invocation), folder));
  const text = `${files.length} files copied to ${folder}. Keep the key apart: without it the secrets are lost.`;
  invocation.out.answer({ folder, files }, () => text);
  return exitCodes.done;
}

export async function restore(invocation: Invocation): Promise<number> {
  const folder = resolve(invocation.folder, invocation.args['folder'] as string);
  const { files, replaced } = orCommandError(() => restoreFolder(folder, dataOf(invocation)));
  const kept = replaced === undefined ? '' : ` What was there is in ${replaced}.`;
  invocation.out.answer({ files, replaced }, () => `${files.length} files restored.${kept}`);
  return exitCodes.done;
}

function orCommandError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CommandError(exitCodes.failed, (error as Error).message);
  }
}
