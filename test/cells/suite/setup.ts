import { afterAll, beforeAll, beforeEach } from 'vitest';
import { endCell, readyCell } from './isolet.ts';

beforeAll(readyCell);
// A test may have ended the cell that others before it were in.
beforeEach(readyCell);
afterAll(endCell);
