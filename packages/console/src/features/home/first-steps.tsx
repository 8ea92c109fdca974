import type { Home } from '@trapkey/contract/api/home.ts';
import { Circle, CircleCheck } from 'lucide-react';
import { Card } from '../../ui/page.tsx';
import { Code } from '../../ui/quote.tsx';

/** What a new deployment still has to see; each ticks itself. */
export function FirstSteps({ steps: { plugins, called, enforced } }: { readonly steps: Home['steps'] }) {
  const steps = [
    { done: plugins, title: 'Say which plugins there are', command: 'trapkey scan' },
    { done: called, title: 'Connect one client', command: 'trapkey wrap .mcp.json' },
    { done: enforced, title: 'Enforce one rule', command: 'trapkey policy check ./policy' },
  ];
  return (
    <Card title="First steps" says="Each ticks itself as it happens.">
      <ol className="grid gap-4 md:grid-cols-3">
        {steps.map(({ done, title, command }) => (
          <li key={title} className="flex flex-col gap-2">
            <p className="flex items-center gap-2 text-sm font-medium">
              {done ? <CircleCheck aria-hidden size={16} className="text-good" /> : <Circle aria-hidden size={16} className="text-faint" />}
              {title} <span className="sr-only">{done ? '(done)' : '(not yet)'}</span>
            </p>
            {!done && <Code label={title} text={command} />}
          </li>
        ))}
      </ol>
    </Card>
  );
}
