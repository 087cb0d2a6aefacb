import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { inspect } from 'node:util';
import type { RuntimeOptions } from 'isolet';
import type { RunCommand } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';

/** Runs one script or module in a runtime of its own and prints its value like `node -p`. */
export async function runGuest({ source, timeout, maxHeapSize }: RunCommand): Promise<number> {
  const filename = 'file' in source ? source.file : '<eval>';
  let code: string;
  try {
    code = 'file' in source ? readFileSync(source.file, 'utf8') : source.code;
  } catch (error) {
    return fail(error, exitCodes.misuse);
  }
  const { Runtime } = await import('isolet');
  const options: RuntimeOptions = { name: 'isolet', console: 'inherit', timeout, maxHeapSize };
  let runtime: InstanceType<typeof Runtime>;
  try {
    runtime = await Runtime.create(options);
  } catch (error) {
    return fail(error, exitCodes.misuse);
  }
  let status: number = exitCodes.ok;
  runtime.on('unhandledRejection', (error) => {
    status = fail(error, exitCodes.guestError);
  });
  try {
    if (filename.endsWith('.mjs')) {
      // Its folder is no business of the guest, and there is nothing beside it to import.
      const name = basename(filename);
      runtime.addModule(name, code);
      await runtime.evalModuleAsync(name);
    } else {
      print(await runtime.evalAsync(code, { filename }));
    }
  } catch (error) {
    status = await failureOf(error);
  } finally {
    await runtime.closeAsync({ drain: true });
  }
  return status;
}

function print(value: unknown): void {
  if (value === undefined) return;
  console.log(typeof value === 'string' ? value : inspect(value, { colors: process.stdout.isTTY ?? false }));
}

async function failureOf(error: unknown): Promise<number> {
  const { HeapLimitError, TimeoutError } = await import('isolet');
  const limit = error instanceof TimeoutError || error instanceof HeapLimitError;
  return fail(error, limit ? exitCodes.limit : exitCodes.guestError);
}

function fail(error: unknown, status: number): number {
  console.error(textOf(error));
  return status;
}

/** A guest's stack is for whoever wrote the guest; the stack of anything else is ours and helps nobody. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return `isolet: ${inspect(error)}`;
  if ('frames' in error && error.stack) return error.stack;
  return `isolet: ${error.message}`;
}
