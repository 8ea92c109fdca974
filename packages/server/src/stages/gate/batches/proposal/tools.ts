import type { ChangeState } from '../../../../kernel/batches.ts';
import type { PolicySet } from '../../../../kernel/rules.ts';
import type { BatchRow } from './store.ts';

/** A tool of a batch, and how many of its changes are by it. */
export interface BatchTool {
  readonly connector: string;
  readonly tool: string;
  readonly effect: string;
  readonly count: number;
  /** So many of them reach nobody knows how far; absent for none. */
  readonly unknown?: number;
}

/** The tools of a batch that was submitted. */
export function toolsOf(row: Pick<BatchRow, 'tools'>): readonly BatchTool[] {
  return row.tools === null ? [] : (JSON.parse(row.tools) as readonly BatchTool[]);
}

/** `connector.tool`, as people and policies name a tool. */
export function nameOf({ connector, tool }: Pick<BatchTool, 'connector' | 'tool'>): string {
  return `${connector}.${tool}`;
}

/** Its tier: the highest of its changes, as each was when it was staged. */
export function tierOf(row: Pick<BatchRow, 'high'>): 'medium' | 'high' {
  return Number(row.high) === 0 ? 'medium' : 'high';
}

/** Whether it must be approved as a whole besides its sample, for its tier or for its size. */
export function needsWhole(row: Pick<BatchRow, 'high' | 'ticket_over' | 'changes'>): boolean {
  return tierOf(row) === 'high' || (row.ticket_over !== null && row.changes > row.ticket_over);
}

const over: ReadonlySet<string> = new Set(['refused', 'withdrawn', 'aborted']);

/** What became of a change: what a batch that is over left staged is dropped. Writing so to each would hold up everybody else. */
export function changeStateOf({ state: batch }: Pick<BatchRow, 'state'>, change: string): ChangeState {
  return change === 'staged' && over.has(batch) ? 'dropped' : (change as ChangeState);
}

/** As which its changes are stored that are shown as this. */
export function storedStates({ state: batch }: Pick<BatchRow, 'state'>, shown: ChangeState): readonly ChangeState[] {
  if (!over.has(batch)) return [shown];
  return shown === 'dropped' ? ['dropped', 'staged'] : shown === 'staged' ? [] : [shown];
}

/** Who owns what it is about: the plugin, for it is the plugin's workflow. */
export function ownerOf({ plugins }: Partial<Pick<PolicySet, 'plugins'>>, { plugin }: Pick<BatchRow, 'plugin'>): string | undefined {
  return plugins?.get(plugin)?.owner;
}
