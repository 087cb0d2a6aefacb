import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { adminToken, type ServerProcess } from '../server-process.ts';

/** Server-sent events of the administration, as they come. */
export class EventStream implements AsyncDisposable {
  readonly events: EventSourceMessage[] = [];
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  readonly #stop: AbortController;

  private constructor(body: ReadableStream<Uint8Array>, stop: AbortController, started: () => void) {
    this.#stop = stop;
    this.ended = this.#read(body, started).catch(() => {});
  }

  /** Resolves when the server has said from where it follows: what is written from then on comes. */
  static async open(
    { url }: Pick<ServerProcess, 'url'>,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<EventStream> {
    const stop = new AbortController();
    const response = await fetch(`${url}/v1${path}`, {
      headers: { authorization: `Bearer ${adminToken}`, ...headers },
      signal: stop.signal,
    });
    if (!response.ok || !response.body) throw new Error(`${path} answered ${response.status}`);
    const { body } = response;
    return new Promise((resolve) => {
      const stream: EventStream = new EventStream(body, stop, () => resolve(stream));
    });
  }

  /** The messages of the lines that came. */
  get messages(): string[] {
    return this.lines.map(({ message }) => message);
  }

  get lines(): { id: number; message: string; level: string; invocation: string | null }[] {
    return this.events.filter(({ event }) => event === 'log').map(({ data }) => JSON.parse(data));
  }

  async #read(body: ReadableStream<Uint8Array>, started: () => void): Promise<void> {
    const parser = createParser({ onEvent: (event) => this.events.push(event), onComment: started });
    const decoder = new TextDecoder();
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }
}
