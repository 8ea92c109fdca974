import { type StopPreviewShown, stopPreview } from '@trapkey/contract/api/stops.ts';
import { useState } from 'react';
import { useGet } from '../../lib/queries.ts';
import { useSettled } from '../../lib/settled.ts';

const settleMs = 250;

/** The name in a scope: what the address says, until somebody types; what arrives in the address later counts again. */
export function useScopeName(id: string): {
  readonly name: string;
  readonly type: (name: string) => void;
  /** Gives the name as it goes into the address; its arrival there takes back nothing that was typed meanwhile. */
  readonly leave: () => string;
} {
  const [name, setName] = useState(id);
  const [known, setKnown] = useState({ id, left: id });
  if (id !== known.id) {
    setKnown({ id, left: known.left });
    if (id !== known.left) setName(id);
  }
  return {
    name,
    type: setName,
    leave() {
      const left = name.trim();
      setKnown({ id: known.id, left });
      return left;
    },
  };
}

/** What exactly this scope hits. Nothing while it is still typed: what was shown for another scope must not let this one go. */
export function usePreview({
  scope,
  named,
  withConnectors,
}: {
  readonly scope: string;
  readonly named: boolean;
  readonly withConnectors: boolean;
}): { readonly query: { data: StopPreviewShown | undefined; error: unknown; refetch: () => unknown }; readonly found?: StopPreviewShown } {
  const asked = useSettled(scope, settleMs);
  const isOf = named && asked === scope;
  const query = { scope: asked, ...(withConnectors && { with_connectors: 'true' }) };
  const preview = useGet('/api/stops/preview', stopPreview, { query, enabled: isOf, topics: ['runs', 'stops'] });
  const { refetch } = preview;
  if (!isOf || preview.data === undefined) return { query: { data: undefined, error: isOf ? preview.error : undefined, refetch } };
  return { query: { data: preview.data, error: undefined, refetch }, found: preview.data };
}
