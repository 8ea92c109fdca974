interface Target {
  readonly to: string;
  readonly label: string;
}

const kinds: readonly (readonly [prefix: string, path: string, word: string])[] = [
  ['TK', 'approvals', 'Ticket'],
  ['R', 'runs', 'Run'],
  ['B', 'batches', 'Batch'],
  ['U', 'undos', 'Undo'],
  ['S', 'stop', 'Stop'],
  ['A', 'alerts', 'Alert'],
];

/** Where an id leads that somebody typed or pasted. */
export function idTargets(typed: string): readonly Target[] {
  const id = typed.toUpperCase();
  const [, prefix] = /^([A-Z]{1,2})-[0-9A-HJKMNP-TV-Z]{10}$/.exec(id) ?? [];
  const found = kinds.flatMap(([known, path, word]) => (known === prefix ? [{ to: `/${path}/${id}`, label: `${word} ${id}` }] : []));
  // A call has no page of its own: its entries are what there is of it.
  const isCall = /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id);
  return isCall ? [{ to: `/record?q=${encodeURIComponent(`call:${id}`)}`, label: `Entries of call ${id}` }] : found;
}
