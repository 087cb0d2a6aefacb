// The value protocol by itself: `node-gyp rebuild` here, then `node check.mjs`.
import './checks/primitives.mjs';
import './checks/containers.mjs';
import './checks/buffers.mjs';
import './checks/handles.mjs';
import './checks/made.mjs';
import './checks/errors.mjs';
import './checks/limits.mjs';
import './checks/changes.mjs';
import './checks/fields.mjs';
import './checks/arbitrary.mjs';
import { count } from './harness.mjs';

console.log(`ok: ${count()} checks on Node ${process.version}`);
