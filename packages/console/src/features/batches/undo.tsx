import { useParams } from '@tanstack/react-router';
import { type UndoSummary, undoSummary } from '@trapkey/contract/api/undo.ts';
import { many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { Card, Facts, Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { BatchState } from './state.tsx';
import { UndoActs } from './undo-acts.tsx';
import { UndoItems } from './undo-items.tsx';

/** One undo: what of it can be taken back, then how far that has come. */
export function UndoPage() {
  const { undo = '' } = useParams({ strict: false });
  const query = useGet(`/api/undos/${undo}`, undoSummary, { topics: ['batches'] });
  return <Loaded query={query}>{(one) => <Undo undo={one} />}</Loaded>;
}

function Undo({ undo }: { readonly undo: UndoSummary }) {
  const may = useHasRole('operator', 'administrator');
  return (
    <Page
      title={`Undo of ${undo.scope.kind} ${undo.scope.id}`}
      trail={[{ to: '/batches', label: 'Batches' }]}
      says={undo.says}
      actions={
        <>
          <BatchState state={undo.state} />
          {may && <UndoActs undo={undo} />}
        </>
      }
    >
      <Card title="What there is">
        <Facts
          facts={[
            ['Asked by', undo.person],
            ['Why', undo.reason],
            ['When', <Time key="at" atMs={undo.asked_at_ms} />],
            ...(undo.paused_for === null ? [] : ([['Paused', undo.paused_for]] as const)),
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
      <UndoItems undo={undo} />
    </Page>
  );
}
