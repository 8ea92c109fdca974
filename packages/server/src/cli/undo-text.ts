import type { UndoItemView, UndoView } from '../kernel/undo.ts';

const day = (atMs: number) => `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** An undo in a few lines, with what a person does next. */
export function undoText(view: UndoView): string {
  const { scope } = view;
  const what =
    scope.kind === 'release' ? `release ${scope.id} since ${new Date(scope.sinceMs).toISOString()}` : `${scope.kind} ${scope.id}`;
  const lines = [
    `${view.id}  ${view.state}  ${what}`,
    `  ${view.says}`,
    `  asked by ${view.person}, ${day(view.askedAtMs)}: ${JSON.stringify(view.reason)}`,
    ...(view.startedBy === undefined ? [] : [`  started by ${view.startedBy}, ${day(view.startedAtMs ?? 0)}`]),
    ...(view.run === undefined ? [] : [`  its own run: trapkey record list run:${view.run}`]),
    ...nextOf(view),
  ];
  return `${lines.join('\n')}\n`;
}

function nextOf({ id, state, counts }: UndoView): readonly string[] {
  if (state === 'looking') return [`  Look again: trapkey undo show ${id}`];
  if (state === 'looked' && (counts.possible ?? 0) > 0) return [`  Start it: trapkey undo start ${id}`];
  if (state === 'paused') return [`  Go on: trapkey undo resume ${id}    End it: trapkey undo abort ${id} --reason …`];
  return [];
}

/** Changes, one a line. */
export function itemsText(items: readonly UndoItemView[]): string {
  return items
    .map(({ n, state, connector, tool, call, says, included }) => {
      const why = `${says === undefined ? '' : `  ${says}`}${included === undefined ? '' : `  overwritten all the same (${included.by})`}`;
      return `${String(n).padStart(6)}  ${state.padEnd(9)}  ${connector}.${tool}  ${call}${why}\n`;
    })
    .join('');
}
