import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { launcherFile } from '../binding.ts';
import { CellError, type CellWall } from '../errors/cell-error.ts';
import type { CellWant } from '../options/cell-options.ts';
import { nodeNeeds } from './needs.ts';
import { wallError } from './wall-error.ts';
import { readReport } from './walls.ts';

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
}

export interface Launched {
  child: ChildProcess;
  /** In the order in which they were built. */
  walls: CellWall[];
  /** Resolves when the process is gone; never rejects. */
  exited: Promise<CellExit>;
}

/** How a cell ended. */
export interface CellExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The places of `stdio`: what the cell says and hears, and what the launcher says of the walls. */
export const channelPlace = 3;
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
  const child = start(options.launcher ?? findLauncher(), options);
  const exited = new Promise<CellExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  try {
    const walls = readReport(await readAll(child));
    const failed = walls.find(({ state }) => state === 'failed');
    if (failed) throw wallError(failed);
    if (!walls.some(({ layer }) => layer === 'first_filter')) {
      throw new CellError('The launcher of a cell ended before its walls stood.', { retryable: true });
    }
    return { child, walls, exited };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function start(launcher: string, options: LaunchOptions): ChildProcess {
  try {
    return spawn(launcher, instructionsFor(options, process.pid), {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      env: {},
      cwd: '/',
      // Ctrl-C in a terminal is for the host, which then decides.
      detached: true,
      ...options.user,
    });
  } catch (cause) {
    throw startError(cause as NodeJS.ErrnoException);
  }
}

/** The system has no room now, or never lets it start. */
function startError(cause: NodeJS.ErrnoException): CellError {
  const retryable = /^(?:EAGAIN|ENOMEM|EMFILE|ENFILE)$/.test(cause.code ?? '');
  return new CellError(`The launcher of a cell can't be started: ${cause.message}`, { retryable, cause });
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
function readAll(child: ChildProcess): Promise<string> {
  // Without descriptors left there is none.
  const pipe = child.stdio?.[reportPlace] as Readable | undefined;
  let text = '';
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(startError(cause)));
    if (!pipe) return;
    pipe.setEncoding('latin1').on('data', (part: string) => {
      text += part;
      if (text.length > longestReport)
        reject(new CellError('The launcher of a cell says too much.', { retryable: false }));
    });
    pipe.once('error', reject);
    pipe.once('close', () => resolve(text));
  });
}
