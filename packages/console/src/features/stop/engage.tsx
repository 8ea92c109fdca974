import { type StopPreviewShown, stop, stopPreview } from '@trapkey/contract/api/stops.ts';
import { OctagonX } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useGet, usePost } from '../../lib/queries.ts';
import { useSettled } from '../../lib/settled.ts';
import { Button } from '../../ui/button.tsx';
import { Check, SelectField, TextField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { useStepUp } from '../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import { Preview } from './preview.tsx';
import { modeWords, scopeKinds } from './words.ts';

const settleMs = 250;

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
  const [mode, setMode] = useState<keyof typeof modeWords>('full');
  const [withConnectors, setWithConnectors] = useState(false);
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [name, setName] = useState(id);
  const scope = kind === 'everything' ? kind : `${kind}:${name.trim()}`;
  const asked = useSettled(scope, settleMs);
  const named = kind === 'everything' || name.trim() !== '';
  const query = { scope: asked, ...(withConnectors && { with_connectors: 'true' }) };
  const preview = useGet('/api/stops/preview', stopPreview, { query, enabled: named && asked === scope, topics: ['runs', 'stops'] });
  const post = usePost('/api/stops', stop, ['/api/stops', '/api/home']);
  const { guarded, dialog } = useStepUp();
  const found: StopPreviewShown | undefined = named ? preview.data : undefined;
  const mayGo = found !== undefined && reason.trim() !== '' && (!found.wide || typed.trim() === found.scope);
  const engage = async (event: FormEvent) => {
    event.preventDefault();
    if (!mayGo) return;
    try {
      const engaged = await guarded(() => post.mutateAsync({ scope, mode, reason, with_connectors: withConnectors }));
      if (!engaged) return;
      tell(`Stopped ${scope} as ${engaged.id}`);
      setReason('');
      setTyped('');
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
              onChange={({ target }) => setName(target.value)}
              onBlur={() => onScope({ id: name.trim() })}
            />
          )}
        </div>
        {named && <Loaded query={preview}>{(shown) => <Preview preview={shown} />}</Loaded>}
        <fieldset className="flex flex-wrap gap-x-5 gap-y-1">
          <legend className="mb-1 text-sm font-medium">How far</legend>
          {(Object.keys(modeWords) as (keyof typeof modeWords)[]).map((one) => (
            <label key={one} className="inline-flex min-h-6 items-center gap-2 text-sm">
              <input type="radio" name="mode" checked={mode === one} onChange={() => setMode(one)} className="size-4 accent-accent" />
              {modeWords[one]}
            </label>
          ))}
          {kind === 'plugin' && (
            <Check
              label="Its connectors and credentials too"
              checked={withConnectors}
              onChange={({ target }) => setWithConnectors(target.checked)}
            />
          )}
        </fieldset>
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
