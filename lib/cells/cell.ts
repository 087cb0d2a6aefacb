import type { Duplex, Readable } from 'node:stream';
import { addonFile, neededNodeFlags, packageFile } from '../binding.ts';
import { CellError, type CellWall } from '../errors/cell-error.ts';
import { type CheckedCellOptions, defaultCellMemory } from '../options/cell-options.ts';
import { readFirstWords } from './first-line.ts';
import { type Launched, launch } from './launch.ts';
import { requiredLayers } from './layers.ts';
import { filesOf } from './needs.ts';
import type { CellExit, SpawnedProcess } from './spawned-process.ts';
import { wallError } from './wall-error.ts';
import { findFailure, mergeWalls } from './walls.ts';

/** All have defaults. */
export interface CellOptions extends CheckedCellOptions {
  /** A file to start instead of the package's launcher. */
  launcher?: string;
  /** A CommonJS file to run instead of the package's; it has to seal the process. */
  script?: string;
  /** What the script is given beside what it needs to seal the process. */
  scriptArguments?: readonly string[];
  /** Files and folders that the script reads. */
  readable?: readonly string[];
  /** Whether the event loop of the host waits for its start. Default true. */
  keepsAlive?: boolean;
}

/** A sealed process. */
export interface Cell {
  /** Of the sealed process itself. */
  pid: number;
  /** What stands between the cell and the machine. */
  walls: readonly CellWall[];
  /** Bytes from and to the cell. Nothing that comes out of it is to be believed. */
  channel: Duplex;
  /** Of the channel, as long as that is open. */
  descriptor: number;
  /** Resolves when it is gone; never rejects. */
  exited: Promise<CellExit>;
  kill(): void;
  /** The event loop of the host no longer waits for it. */
  unref(): void;
}

/** The last of what it wrote, for the error that says that it is gone. */
const keptOfStderr = 2000;

/**
 * Starts a process that can do next to nothing but compute, and proves it.
 *
 * @throws {@link CellError} if a required layer is missing or does not hold, or the process ended
 */
export async function startCell(options: CellOptions = {}): Promise<Cell> {
  const { namespaces = 'auto', landlock = 'required', maxMemory = defaultCellMemory, startTimeout = 30_000 } = options;
  const { script = packageFile('dist/cell.cjs'), readable = [], scriptArguments = [], keepsAlive = true } = options;
  const required = requiredLayers({ namespaces, landlock });
  const addon = addonFile();
  let process: SpawnedProcess | undefined;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    process?.kill();
  }, startTimeout);
  if (!keepsAlive) timer.unref();
  try {
    const launched = await launch({
      // The launcher says what it could not build; what the cell can't try is not asked of it.
      arguments: [...neededNodeFlags(), script, addon, String(maxMemory), required.join(' '), ...scriptArguments],
      readable: [...filesOf(script), ...filesOf(addon), ...readable],
      namespaces,
      landlock,
      user: options.user,
      launcher: options.launcher,
      keepsAlive,
      started: (begun) => {
        process = begun;
        if (!keepsAlive) begun.unref();
        if (late) begun.kill();
      },
    });
    return await prove(launched, required);
  } catch (error) {
    process?.kill();
    process?.abandon();
    if (!late) throw error;
    const message = `A cell was not sealed within ${startTimeout} ms.`;
    throw new CellError(message, { retryable: true, cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function prove({ process, pid, walls: built }: Launched, required: readonly string[]): Promise<Cell> {
  const { channel, descriptor, exited } = process;
  const stderr = tailOf(process.errors);
  process.output.resume();
  const words = await readFirstWords(channel);
  if (words === 'nonsense') {
    throw new CellError('A cell said something else before it was sealed than which walls stand.', {
      retryable: false,
    });
  }
  if (words === 'ended') throw diedError(await exited, await stderr);
  if ('error' in words) throw new CellError(`A cell could not be sealed: ${words.error}`, { retryable: true });
  const walls = mergeWalls(built, words.walls);
  const failure = findFailure(walls, required);
  if (failure) throw wallError(failure);
  return { pid, walls, channel, descriptor, exited, kill: () => process.kill(), unref: () => process.unref() };
}

/** All that it wrote, but the beginning of what is long. */
function tailOf(stream: Readable): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    // A stream that nobody reads ends too.
    if (stream.closed) return resolve(text);
    stream.setEncoding('latin1').on('data', (part: string) => {
      text = (text + part).slice(-keptOfStderr);
    });
    stream.once('close', () => resolve(text));
  });
}

function diedError({ code, signal }: CellExit, stderr: string): CellError {
  const how = signal ? `with ${signal}` : `with code ${code}`;
  const said = stderr.trim();
  const message = `A cell ended ${how} before it was sealed.${said ? ` It wrote: ${said}` : ''}`;
  // What ends by itself does so again; what was killed was in somebody's way.
  return new CellError(message, { retryable: signal !== null });
}
