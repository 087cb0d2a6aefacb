// Lines of a function's log: what is kept, and with --follow what comes.
import { functionPath } from '../client.ts';
import type { Invocation } from '../definitions.ts';
import { exitCodes } from '../exit-codes.ts';
import { printable } from '../output.ts';
import { eventsOf } from '../server-events.ts';
import { targetOf } from '../target.ts';

export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly invocation: string | null;
}

export async function logs(invocation: Invocation): Promise<number> {
  const { args, options, out, signal } = invocation;
  const { client, tenant } = targetOf(invocation);
  const path = functionPath(tenant, args.name as string, 'logs');
  const { level, invocation: id, text, since, limit } = options as Record<string, string | number | undefined>;
  const query = {
    level,
    invocation: id,
    text,
    since: since === undefined ? undefined : Date.now() - Number(since),
    limit,
  };
  const print = (line: LogLine) => out.line(line, textOf(line));
  if (!options.follow) {
    const { lines } = await client.json<{ lines: LogLine[] }>(path, { query });
    for (const line of lines.reverse()) print(line);
    return exitCodes.done;
  }
  const response = await client.send(path, { query: { ...query, follow: true }, accept: 'text/event-stream', signal });
  for await (const { event, data } of eventsOf(response)) {
    if (event === 'log') print(JSON.parse(data) as LogLine);
    else if (event === 'skipped') out.note(`${data} lines were left out: they came faster than they could be read`);
  }
  return exitCodes.done;
}

export const textOf = ({ time, level, message, invocation }: LogLine): string => {
  const lines = message.split('\n').map(printable);
  return `${time}  ${level.padEnd(5)}  ${(invocation ?? '-').slice(0, 8)}  ${lines.join('\n    ')}`;
};
