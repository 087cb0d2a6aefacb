// Runs a function on an event, here and now or later.
import { functionPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { jsonOf, readInput } from '../read.ts';
import { targetOf } from '../target.ts';

export async function invoke(invocation: Invocation): Promise<number> {
  const { args, options, out, signal } = invocation;
  const { client, tenant } = targetOf(invocation);
  const event = await eventOf(args.event as string | undefined, options.file as string | undefined);
  const kind = options.async ? 'invocations' : 'invoke';
  const path = functionPath(tenant, args.name as string, kind);
  const query = { version: options.version as string | undefined, alias: options.alias as string | undefined };
  const answer = await client.json(path, { method: 'POST', body: event, query, signal });
  out.answer(answer ?? null, (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2)));
  return exitCodes.done;
}

async function eventOf(text: string | undefined, file: string | undefined): Promise<unknown> {
  if (text !== undefined && file !== undefined) throw new CommandError(exitCodes.misuse, 'either an event or --file');
  if (file !== undefined) return jsonOf(await readInput(file), file);
  return text === undefined ? null : jsonOf(text, 'the event');
}
