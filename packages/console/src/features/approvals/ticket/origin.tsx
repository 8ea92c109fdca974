import { Link } from '@tanstack/react-router';
import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { ShieldAlert } from 'lucide-react';
import { plain } from '../../../lib/format.ts';
import { Chip, CoverageChip } from '../../../ui/chip.tsx';
import { Id } from '../../../ui/copy-link.tsx';
import { Card, Facts } from '../../../ui/page.tsx';

/** Where the call came from: the run, the agent in it, its instructions, and what it had read before. */
export function Origin({ ticket: { chain, run, call } }: { readonly ticket: TicketDetail }) {
  const agent = chain?.agent;
  return (
    <Card title="Where it came from">
      <Facts
        facts={
          [
            [
              'Run',
              <Link key="run" to={`/runs/${run}`} className="font-mono text-xs text-accent hover:underline">
                {run}
              </Link>,
            ],
            ['Call', <Id key="call" id={call} />],
            ...(chain === null
              ? []
              : ([
                  ...(chain.actor === null ? [] : [['Client', plain(chain.actor)]]),
                  ...(chain.model === null ? [] : [['Model', plain(chain.model)]]),
                  ...(agent ? [['Agent', `${plain(agent.id)}${agent.parent === null ? '' : `, called by ${plain(agent.parent)}`}`]] : []),
                  ...Object.entries({
                    Skill: chain.instructions.skill,
                    'Agent type': chain.instructions.agentType,
                    Prompt: chain.instructions.prompt,
                  }).flatMap(([term, value]) => (value === null ? [] : [[term, plain(value)]])),
                  [
                    'Had read',
                    chain.sources.length === 0 ? (
                      'nothing from outside'
                    ) : (
                      <span key="sources" className="flex flex-wrap gap-1">
                        {chain.sources.map((source) => (
                          <Chip key={source} tone="wait" icon={ShieldAlert} title="Untrusted: what is in it cannot say what to do">
                            {plain(source)}
                          </Chip>
                        ))}
                      </span>
                    ),
                  ],
                  [
                    'Seen by',
                    <span key="seen" className="flex flex-wrap gap-1">
                      {chain.coverage.map((one) => (
                        <CoverageChip key={one} coverage={one} />
                      ))}
                    </span>,
                  ],
                ] as const)),
          ] as never
        }
      />
    </Card>
  );
}
