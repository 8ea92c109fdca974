import { stop } from '@trapkey/contract/api/stops.ts';
import { OctagonX } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { usePost } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { useStepUp } from '../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import { usePreview, useScopeName } from './engaging.ts';
import { type How, HowFar, revokes, takesAlong, usualHow } from './how-far.tsx';
import { Preview } from './preview.tsx';
import { scopeKinds } from './words.ts';

/** One act that stops something: what, what it hits, why. Only what is wide asks for its name to be typed. */
export function EngageCard({
  kind,
  id,
  onScope,
}: {
  readonly kind: string;
  readonly id: string;
  readonly onScope: (scope: { readonly kind?: string; readonly id?: string }) => void;
}) {
  const [how, setHow] = useState<How>(usualHow);
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const { name, type, leave } = useScopeName(id);
  const scope = kind === 'everything' ? kind : `${kind}:${name.trim()}`;
  const named = kind === 'everything' || name.trim() !== '';
  const withConnectors = how.withConnectors && takesAlong(kind);
  const revoke = how.revoke && revokes(kind);
  const { query, found } = usePreview({ scope, named, withConnectors });
  const post = usePost('/api/stops', stop, ['/api/stops', '/api/home']);
  const { guarded, dialog } = useStepUp();
  const mayGo = found !== undefined && reason.trim() !== '' && (!found.wide || typed.trim() === found.scope);
  const engage = async (event: FormEvent) => {
    event.preventDefault();
    if (!mayGo) return;
    const { mode, lasts } = how;
    const body = { scope, mode, reason, revoke, with_connectors: withConnectors, ...(lasts !== '' && { lasts }) };
    try {
      const engaged = await guarded(() => post.mutateAsync(body));
      if (!engaged) return;
      tell(`Stopped ${scope} as ${engaged.id}`);
      setReason('');
      setTyped('');
      setHow(usualHow);
    } catch (error) {
      tellRefusal(error);
    }
  };
  return (
    <Card title="Stop something" says="You see what it hits before it does. What is in flight is aborted.">
      <form onSubmit={(event) => void engage(event)} className="flex flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-2">
          <SelectField
            label="What"
            value={kind}
            options={scopeKinds.map(([value, word]) => [value, word] as const)}
            onChange={({ target }) => onScope({ kind: target.value })}
          />
          {kind !== 'everything' && (
            <TextField
              label="Which"
              value={name}
              placeholder={scopeKinds.find(([value]) => value === kind)?.[2]}
              onChange={({ target }) => type(target.value)}
              onBlur={() => onScope({ id: leave() })}
            />
          )}
        </div>
        {named && <Loaded query={query}>{(shown) => <Preview preview={shown} freeze={how.mode === 'freeze'} revoke={revoke} />}</Loaded>}
        <HowFar how={how} kind={kind} onHow={(change) => setHow({ ...how, ...change })} />
        <TextField label="Why" required maxLength={4_000} value={reason} onChange={({ target }) => setReason(target.value)} />
        {found?.wide && (
          <TextField
            label={`Type ${found.scope}`}
            help="It reaches across everybody's work, and another person has to release it."
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        )}
        <Button type="submit" look="danger" size="lg" disabled={!mayGo} busy={post.isPending} className="self-start max-sm:w-full">
          <OctagonX aria-hidden size={16} /> Stop {named ? scope : ''}
        </Button>
      </form>
      {dialog}
    </Card>
  );
}
