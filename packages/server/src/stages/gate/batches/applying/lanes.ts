/** A change in line, and the record that it changes; null where nobody knows which. */
export interface InLine {
  readonly n: number;
  readonly target: string | null;
}

/** What is being made, or waits to be known. */
export interface Busy {
  /** Records that nothing else may touch now. */
  readonly targets: ReadonlySet<string>;
  /** One whose record nobody knows is under way. */
  readonly unknown: boolean;
  readonly count: number;
}

/**
 * Which changes may begin now, at most `room`, in their order. Never two of one record at once, nor a later one of a record
 * before an earlier one. A change whose record nobody knows goes alone: it could be any.
 */
export function startable(line: readonly InLine[], busy: Busy, room: number): readonly InLine[] {
  if (busy.unknown) return [];
  const taken = new Set(busy.targets);
  const starting: InLine[] = [];
  for (const change of line) {
    if (starting.length >= room) break;
    if (change.target === null) {
      if (busy.count === 0 && taken.size === 0) starting.push(change);
      break;
    }
    if (!taken.has(change.target)) starting.push(change);
    taken.add(change.target);
  }
  return starting;
}
