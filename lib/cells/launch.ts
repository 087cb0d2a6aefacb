import type { Readable } from 'node:stream';
import { launcherFile } from '../binding.ts';
import { CellError, type CellWall } from '../errors/cell-error.ts';
import type { CellWant } from '../options/cell-options.ts';
import { nodeNeeds } from './needs.ts';
import type { SpawnedProcess } from './spawned-process.ts';
import { spawner } from './spawner.ts';
import { wallError } from './wall-error.ts';
import { readProcess, readReport } from './walls.ts';

export interface LaunchOptions {
  /** What node is given: its options, the script, the script's arguments. */
  arguments: readonly string[];
  /** Files and folders that the script reads, beside what Node itself needs. */
  readable: readonly string[];
  namespaces: CellWant;
  landlock: CellWant;
  /** Who the process is to be, where this one may decide that. */
  user?: { uid: number; gid: number } | undefined;
  /** A file to start instead of the package's launcher. */
  launcher?: string | undefined;
  /** Whether the event loop waits for the start. Default true. */
  keepsAlive?: boolean;
  /** Told of the process, which is the caller's to end from then on. */
  started?(process: SpawnedProcess): void;
}

export interface Launched {
  process: SpawnedProcess;
  /** Of the process that became node. */
  pid: number;
  /** In the order in which they were built. */
  walls: CellWall[];
}

/** Descriptors of the process: what the cell says and hears, and what the launcher says of the walls. */
const channelPlace = 3;
const reportPlace = 4;

/** Of `limits`: enough for Node's start, when sealed it may open none. */
const limits = { core: 0, fsize: 0, memlock: 0, msgqueue: 0, rtprio: 0, nofile: 128 };

/** More than the launcher ever says. */
const longestReport = 8192;

/**
 * Starts node behind walls of the system.
 *
 * @returns when they stand and node was started
 * @throws {@link CellError}
 */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const own = findLauncher();
  const starts = spawner(own);
  const process = await starts.start({
    program: options.launcher ?? own,
    arguments: instructionsFor(options, starts.pid),
    user: options.user,
    keepsAlive: options.keepsAlive,
  });
  options.started?.(process);
  const text = await readAll(process.report);
  const walls = readReport(text);
  const failed = walls.find(({ state }) => state === 'failed');
  if (failed) throw wallError(failed);
  if (!walls.some(({ layer }) => layer === 'first_filter')) {
    throw new CellError('The launcher of a cell ended before its walls stood.', { retryable: true });
  }
  process.kept = walls.some(({ layer, state }) => layer === 'process_namespace' && state === 'held');
  return { process, pid: readProcess(text) ?? process.pid, walls };
}

function findLauncher(): string {
  const { platform, arch } = process;
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) {
    throw new CellError(
      `Cells need Linux on x64 or arm64; this is ${platform} ${arch}. Use isolation: 'isolate' here, or run the service in a Linux container.`,
      { retryable: false },
    );
  }
  const file = launcherFile();
  if (file) return file;
  throw new CellError(
    'The launcher of cells is missing: it is built with the addon and stands beside it. Install isolet again, or build it: npx isolet build',
    { retryable: false },
  );
}

/** What the launcher is told. @param parent - the process that starts it */
export function instructionsFor(options: LaunchOptions, parent: number): string[] {
  const { readable, namespaces, landlock } = options;
  const { node, execute, read, links } = nodeNeeds();
  return [
    `report=${reportPlace}`,
    `parent=${parent}`,
    `namespaces=${namespaces}`,
    `landlock=${landlock}`,
    `keep=${channelPlace}`,
    ...[...execute].map((path) => `execute=${path}`),
    ...[...read, ...readable].map((path) => `read=${path}`),
    ...[...links].map(([name, target]) => `link=${name}:${target}`),
    ...variables().map((text) => `variable=${text}`),
    ...Object.entries(limits).map(([name, most]) => `limit=${name}:${most}`),
    '--',
    node,
    ...options.arguments,
  ];
}

/** All of a cell's environment. */
function variables(): string[] {
  const { LD_LIBRARY_PATH, LANG, LC_ALL } = process.env;
  return [
    // A file that is missing is none; one that may not be read ends Node.
    'OPENSSL_CONF=/nonexistent/openssl.cnf',
    'UV_USE_IO_URING=0',
    // The file that says it is out of sight.
    `TZ=${Intl.DateTimeFormat().resolvedOptions().timeZone}`,
    ...(LD_LIBRARY_PATH ? [`LD_LIBRARY_PATH=${LD_LIBRARY_PATH}`] : []),
    ...(LANG ? [`LANG=${LANG}`] : []),
    ...(LC_ALL ? [`LC_ALL=${LC_ALL}`] : []),
  ];
}

/** Everything that the launcher says; it ends when node starts, or nothing does. */
function readAll(pipe: Readable): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    if (pipe.closed) return resolve(text);
    pipe.setEncoding('latin1').on('data', (part: string) => {
      text += part;
      if (text.length > longestReport)
        reject(new CellError('The launcher of a cell says too much.', { retryable: false }));
    });
    pipe.once('error', reject);
    pipe.once('close', () => resolve(text));
  });
}
