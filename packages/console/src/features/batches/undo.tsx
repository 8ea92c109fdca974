import { useParams } from '@tanstack/react-router';
import { type UndoSummary, undoItemPage, undoSummary } from '@trapkey/contract/api/undo.ts';
import { count, many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Facts, Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { useStepUp } from '../../ui/step-up.tsx';
import { Time } from '../../ui/time.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import { useAct } from './act.ts';
import { BatchState } from './state.tsx';

const possible: Readonly<Record<string, readonly (readonly [act: string, word: string, reason: boolean])[]>> = {
  looked: [['start', 'Take it back', false]],
  undoing: [['pause', 'Pause', true]],
  paused: [
    ['resume', 'Go on', false],
    ['abort', 'Abort', true],
  ],
};

/** One undo: what of it can be taken back, then how far that has come. */
export function UndoPage() {
  const { undo = '' } = useParams({ strict: false });
  const query = useGet(`/api/undos/${undo}`, undoSummary, { topics: ['batches'] });
  return <Loaded query={query}>{(one) => <Undo undo={one} />}</Loaded>;
}

function Undo({ undo }: { readonly undo: UndoSummary }) {
  const items = useGet(`/api/undos/${undo.id}/items`, undoItemPage, { topics: ['batches'] });
  const post = useAct(`/api/undos/${undo.id}`, undoSummary);
  const { guarded, dialog } = useStepUp();
  const may = useHasRole('operator', 'administrator');
  const act = async (name: string, word: string, reason: boolean) => {
    try {
      if (await guarded(() => post.mutateAsync({ act: name, body: reason ? { reason: word } : {} }))) tell(`${word}: ${undo.id}`);
    } catch (error) {
      tellRefusal(error);
    }
  };
  return (
    <Page
      title={`Undo of ${undo.scope.kind} ${undo.scope.id}`}
      trail={[{ to: '/batches', label: 'Batches' }]}
      says={undo.says}
      actions={
        <>
          <BatchState state={undo.state} />
          {may &&
            (possible[undo.state] ?? []).map(([name, word, reason]) => (
              <Button
                key={name}
                look={name === 'start' ? 'danger' : 'plain'}
                busy={post.isPending}
                onClick={() => void act(name, word, reason)}
              >
                {word}
              </Button>
            ))}
        </>
      }
    >
      <Card title="What there is">
        <Facts
          facts={[
            ['Asked by', undo.person],
            ['Why', undo.reason],
            ['When', <Time key="at" atMs={undo.asked_at_ms} />],
            ...Object.entries(undo.counts).map(
              ([state, times]) =>
                [
                  state,
                  <span key={state} className="flex items-center gap-2">
                    <BatchState state={state} /> {many(times ?? 0, 'change')}
                  </span>,
                ] as const,
            ),
          ]}
        />
      </Card>
      <Loaded query={items}>
        {({ items: all }) => (
          <Card title={`${count(undo.items)} changes, the newest first`} flush>
            <ol className="divide-y divide-line border-t border-line text-sm">
              {all.map((item) => (
                <li key={item.n} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
                  <BatchState state={item.state} />
                  <span className="font-medium">
                    {item.connector}.{item.tool}
                  </span>
                  {item.says !== null && <span className="text-soft">{item.says}</span>}
                </li>
              ))}
            </ol>
          </Card>
        )}
      </Loaded>
      {dialog}
    </Page>
  );
}
