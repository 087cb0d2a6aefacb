import type { VersionView } from '../../platform/deployments.ts';
import type { FunctionRecord } from '../../storage/records.ts';
import { toTime } from '../schemas/common.ts';

export const showVersion = (view: VersionView) => ({ ...view, createdAt: toTime(view.createdAt) });

/** What `etag` is made of: what administrators can change. */
export const stateOfFunction = (record: FunctionRecord | undefined) =>
  record && { active: record.active, aliases: Object.entries(record.aliases).sort(([a], [b]) => (a < b ? -1 : 1)) };
