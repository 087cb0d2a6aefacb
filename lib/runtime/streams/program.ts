import { guestFile } from '../../guest-file.ts';
import type { Abilities } from '../abilities.ts';

/** What makes the guest's streams; nothing where there are none, or where the web's APIs bring them. */
export const streamsProgram = ({ streams, web }: Pick<Abilities, 'streams' | 'web'>): string =>
  streams && !web ? guestFile('guest-streams.js') : '';
