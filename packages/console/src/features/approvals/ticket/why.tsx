import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { Card } from '../../../ui/page.tsx';
import { Code } from '../../../ui/quote.tsx';

/** Which rule wants a person here, as it stands in the policy. */
export function Why({ ticket: { rule, why } }: { readonly ticket: TicketDetail }) {
  return (
    <Card
      title="Why it is asked"
      says={
        <>
          Rule <span className="font-mono text-xs">{rule}</span>
          {why && (
            <>
              {' '}
              at <span className="font-mono text-xs">{`${why.file}:${why.line}`}</span>
            </>
          )}
        </>
      }
    >
      {why ? (
        <Code label="The rule" text={why.text} />
      ) : (
        <p className="text-sm text-soft">No line of the policy says so: it is what holds where none does.</p>
      )}
    </Card>
  );
}
