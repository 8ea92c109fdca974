import { type DefinitionWaiting, definitionsAccepted, definitionsWaiting } from '@trapkey/contract/api/catalog.ts';
import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { plain } from '../../lib/format.ts';
import { useGet, usePost } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Chip, StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { useStepUp } from '../../ui/step-up.tsx';
import { TextDiff } from '../../ui/text-diff.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import { ChangeList } from './changes.tsx';

/** What upstreams say now and nobody looked at: kept from agents until an administrator accepts it. */
export function DefinitionsWaiting({ connections }: { readonly connections?: readonly string[] }) {
  const query = useGet('/api/catalog/definitions', definitionsWaiting, { topics: ['catalog'] });
  return (
    <Card title="Definitions that wait for a look" says="Agents are not offered them, and calls of them are refused." flush>
      <Loaded query={query} rows={2}>
        {({ definitions: all }) => {
          const definitions = connections ? all.filter(({ connection }) => connections.includes(connection)) : all;
          return definitions.length === 0 ? (
            <Empty icon={CircleCheck} title="Nothing waits">
              Everything that its upstream declares is as it was looked at.
            </Empty>
          ) : (
            <ul className="divide-y divide-line border-t border-line">
              {definitions.map((one) => (
                <Definition key={`${one.connection} ${one.kind} ${one.name}`} definition={one} />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Definition({ definition }: { readonly definition: DefinitionWaiting }) {
  const { connection, kind, name, state, seen, reviewed, now, changes, findings } = definition;
  // What is open is one digest: when its upstream says something else meanwhile, that must be looked at too.
  const [openedAs, setOpenedAs] = useState<string>();
  const open = openedAs === seen;
  const may = useHasRole('administrator');
  const post = usePost('/api/catalog/definitions/accept', definitionsAccepted, ['/api/catalog', '/api/home']);
  const { guarded, dialog } = useStepUp();
  const accept = () =>
    guarded(() => post.mutateAsync({ connection, name, seen: [seen] }))
      .then((done) => done && tell(`Accepted ${plain(name)}`))
      .catch(tellRefusal);
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StateChip state="hold" says={state} />
        <h3 className="text-sm">
          {connection}.{plain(name)} <span className="font-normal text-faint">{kind}</span>
        </h3>
        <span className="ml-auto flex gap-2">
          <Button size="sm" aria-expanded={open} onClick={() => setOpenedAs(open ? undefined : seen)}>
            {open ? 'Close' : 'Look at it'}
          </Button>
          {may && (
            <Button
              size="sm"
              look="primary"
              disabled={!open}
              title={open ? undefined : 'Look at it first'}
              busy={post.isPending}
              onClick={() => void accept()}
            >
              Accept
            </Button>
          )}
        </span>
      </div>
      <div className="mt-2">
        <ChangeList changes={changes} />
        {findings.map((one) => (
          <p key={`${one.at} ${one.says}`} className="mt-1 flex flex-wrap items-center gap-2 text-sm">
            <Chip tone="bad">{one.severity}</Chip> {one.says}: <q className="text-soft">{plain(one.excerpt)}</q>
          </p>
        ))}
      </div>
      {open && (
        <div className="mt-3">
          <TextDiff was={pretty(reviewed)} now={pretty(now)} label={`${name}, as it was looked at and as it is now`} />
        </div>
      )}
      {dialog}
    </li>
  );
}

function pretty(body: string | undefined): string {
  return body === undefined ? '' : JSON.stringify(JSON.parse(body), null, 2);
}
