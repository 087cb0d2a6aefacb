// Server-sent events, as a response has them.

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Ends when the response does. Comments, which keep a connection open, are left out. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  let event = 'message';
  let data: string[] = [];
  for await (const line of linesOf(response)) {
    if (line === '') {
      if (data.length > 0) yield { event, data: data.join('\n') };
      event = 'message';
      data = [];
    }
    const [, field, value] = /^([^:]+):? ?(.*)$/.exec(line) ?? [];
    if (field === 'event') event = value as string;
    if (field === 'data') data.push(value as string);
  }
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split(/\r\n|\n|\r/);
    rest = lines.pop() as string;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
