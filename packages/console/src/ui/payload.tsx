import { type RecordPayload, recordPayload } from '@trapkey/contract/api/record.ts';
import { FileLock2 } from 'lucide-react';
import { useState } from 'react';
import { usePost } from '../lib/queries.ts';
import { Button } from './button.tsx';
import { Code } from './quote.tsx';
import { tellRefusal } from './toast.tsx';

/** What a call carried, opened on demand: that it was read is an entry itself. */
export function Payload({ entry, of, digest }: { readonly entry: number; readonly of: 'arguments' | 'result'; readonly digest: string }) {
  const [read, setRead] = useState<RecordPayload>();
  const post = usePost(`/api/record/${entry}/payload`, recordPayload);
  const open = () => post.mutateAsync({ of }).then(setRead).catch(tellRefusal);
  return (
    <div className="mt-3">
      {read ? (
        <>
          <Code label={`The ${of} of entry ${entry}`} text={JSON.stringify(read.payload, undefined, 2)} />
          {read.cut && <p className="mt-1 text-xs text-faint">Cut: it is longer than a page shows.</p>}
        </>
      ) : (
        <Button size="sm" busy={post.isPending} onClick={() => void open()} title={digest}>
          <FileLock2 aria-hidden size={14} /> Open the {of}; it is recorded that you read them
        </Button>
      )}
    </div>
  );
}
