import { ReadableStream } from 'node:stream/web';

/** Names a part of the guest's web program (lib/guest/web/parts.ts). */
export class WebPart {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A stream whose only chunk is, in a guest with the web's APIs, a part of their program. For programs of the host that run
 * before any code of the guest; nothing that a guest or a platform's function can put into a stream does the same.
 */
export const webPart = (name: string): ReadableStream => ReadableStream.from([new WebPart(name)]);
