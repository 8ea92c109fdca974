import { SearchX } from 'lucide-react';
import { Empty } from '../../ui/states.tsx';

const examples = ['verdict:deny since:24h', 'kind:approved tier:high', 'kind:admin'];

/** Nothing was found: what a query looks like. */
export function Examples({ q, onQuery }: { readonly q: string; readonly onQuery: (q: string) => void }) {
  return (
    <Empty icon={SearchX} title={q === '' ? 'Nothing happened yet' : 'No entry matches'}>
      <span className="flex flex-wrap justify-center gap-2">
        {examples.map((example) => (
          <button
            key={example}
            type="button"
            onClick={() => onQuery(example)}
            className="min-h-6 rounded-md border border-line bg-sunken px-2 py-0.5 font-mono text-xs hover:bg-hover"
          >
            {example}
          </button>
        ))}
      </span>
    </Empty>
  );
}
