/**
 * The web's APIs of a guest. This file is bundled into dist/guest-web.js and evaluated inside the guest before any of its
 * own code. The engine takes what it exports: it calls `install`, defines the names of both tables as globals that are
 * made when the guest first asks for them, and calls `hooks`. The guest can reach nothing else of it.
 */
import { defineGlobalHandlers } from './web/base/global-handlers.ts';
import { type Ops, setOps } from './web/base/ops.ts';
import { setParts } from './web/base/parts.ts';
import { hooks } from './web/hooks.ts';
import { interfaces, operations } from './web/names.ts';
import { parts } from './web/parts.ts';

/** Called once, first of all. What has to be there from the beginning is made here; the less, the better. */
export function install(ops: Ops): void {
  setOps(ops);
  setParts(parts);
  defineGlobalHandlers();
}

export { hooks, interfaces, operations };
