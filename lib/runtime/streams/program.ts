import { guestFile } from '../../guest-file.ts';

/** What makes the guest's streams; nothing where there are none. */
export const streamsProgram = (wanted: boolean): string => (wanted ? guestFile('guest-streams.js') : '');
