import type { CellWant } from '../options/cell-options.ts';

/** What no cell is without, from the outside in. */
const always = [
  'descriptors',
  'no_new_privileges',
  'capabilities',
  'parent_death',
  'limits',
  'first_filter',
  'undumpable',
  'memory',
  'no_new_descriptors',
  'system_call_filter',
];

/** Those of the namespaces that the kernel may refuse. */
const namespaceLayers = [
  'user_namespace',
  'network_namespace',
  'ipc_namespace',
  'uts_namespace',
  'process_namespace',
  'empty_root',
];

/** The layers without which a cell is not started. */
export function requiredLayers({ namespaces, landlock }: { namespaces: CellWant; landlock: CellWant }): string[] {
  return [
    ...always,
    ...(landlock === 'required' ? ['landlock'] : []),
    ...(namespaces === 'required' ? namespaceLayers : []),
  ];
}
