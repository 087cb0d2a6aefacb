/** The `Snapshot` of the room of runtimes by what it shows: who checks options names no class of a room that builds on them. */
export interface Snapshot {
  readonly kind: 'startup' | 'replay';
  readonly byteLength: number;
  toBuffer(): Buffer;
}
