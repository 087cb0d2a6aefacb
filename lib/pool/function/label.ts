import { cut } from '../../errors/brief.ts';

/** The beginning of an id, for messages and for the names of scripts, which become parts of URLs. */
export const label = (id: string): string => cut(id, 100).replace(/\p{Surrogate}/gu, '\uFFFD');
