import type { Keys } from '../secrets/keys.ts';
import { isProof, prove } from '../secrets/seal.ts';
import type { SourceRecord } from '../storage/records.ts';
import { canonical } from './version-id.ts';

type Source = Pick<SourceRecord, 'tenant' | 'name' | 'version' | 'spec'>;

/** What is kept with a source that was checked, so that it need not be checked again. */
export const proofOf = (keys: Keys, { tenant, name, version, spec }: Source): Buffer =>
  prove(keys, tenant, name, version, canonical(spec));

/** Whether a server with this key has checked exactly this. */
export const isProven = (keys: Keys, { tenant, name, version, spec }: Source, proof: Buffer): boolean =>
  isProof(proof, keys, tenant, name, version, canonical(spec));
