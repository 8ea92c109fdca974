import type { OverlayRule, StageRule, ToolRules, UndoRule } from '../../kernel/rules.ts';
import type { Valid } from '../validate.ts';
import { type CompileContext, type ExpressionPlace, expressionAt, mustExist, wrong } from './context.ts';
import type { ProbeChoice } from './probe.ts';

type ConnectorDocument = Extract<Valid, { kind: 'connector' }>;
type ToolDocument = ConnectorDocument['body']['tools'][string];
type At = (part: string, path: readonly PropertyKey[], when: ExpressionPlace['when']) => ExpressionPlace;

interface Place {
  readonly document: ConnectorDocument;
  readonly probes: ProbeChoice;
  readonly name: string;
}

/** Whether its writes can be taken back: as the document says it, else where there is an image of before and a way to it. */
export function canBeUndone({ reversible, effect, before, undo }: ToolDocument): boolean {
  return reversible ?? (effect === 'read' || effect === 'draft' || (before !== undefined && undo !== undefined));
}

/** What a tool says of its own changes: how they are read before, taken back, staged, and shown while they are. */
export function changesOf(
  context: CompileContext,
  at: At,
  tool: ToolDocument,
  place: Place,
): Pick<ToolRules, 'before' | 'undo' | 'stage' | 'overlays'> {
  const { document, name, probes } = place;
  const path = (...rest: readonly PropertyKey[]) => ['tools', name, ...rest];
  const full = `${document.body.connector}.${name}`;
  const undo = tool.undo && undoOf(context, at, place, tool.undo);
  if (undo && !tool.before && Object.values(undo.args).some(({ mentions }) => mentions.has('before')))
    wrong(context, document, path('undo'), '`undo` names `before`, so the tool needs `before`: the read that keeps what was there');
  if (tool.effect === 'read' && (tool.before || tool.undo || tool.stage))
    wrong(context, document, path('effect'), 'A read changes nothing, so it has no `before`, `undo` or `stage`');
  if (tool.effect !== 'read' && tool.overlay) wrong(context, document, path('overlay'), '`overlay` belongs to a read');
  return {
    ...(tool.before && {
      before: {
        connector: probes(context, document, path('before', 'tool'), tool.before.tool) ?? '',
        tool: tool.before.tool,
        args: argsOf(context, tool.before.args, (key) => at(`before-${key}`, ['before', 'args', key], 'call')),
        rule: `before/${full}`,
      },
    }),
    ...(undo && { undo }),
    ...(tool.stage && { stage: stageOf(tool.stage, full) }),
    ...(tool.overlay && { overlays: overlayOf(context, at, place, tool.overlay) }),
  };
}

function undoOf(context: CompileContext, at: At, { document, name }: Place, undo: NonNullable<ToolDocument['undo']>): UndoRule {
  const tools = Object.keys(document.body.tools);
  mustExist(context, document, ['tools', name, 'undo', 'tool'], 'tool', undo.tool, tools);
  return {
    tool: undo.tool,
    args: argsOf(context, undo.args, (key) => at(`undo-${key}`, ['undo', 'args', key], 'undo')),
    rule: `undo/${document.body.connector}.${name}`,
  };
}

function stageOf(stage: NonNullable<ToolDocument['stage']>, full: string): StageRule {
  return { over: Number.parseInt(stage.over, 10), sample: stage.sample, ticketOver: stage.ticket_over, rule: `stage/${full}` };
}

function overlayOf(context: CompileContext, at: At, { document, name }: Place, overlay: NonNullable<ToolDocument['overlay']>): OverlayRule {
  return {
    of: overlay.of.includes('.') ? overlay.of : `${document.body.connector}.${overlay.of}`,
    where: expressionAt(context, at('overlay', ['overlay', 'where'], 'staged'), overlay.where, 'boolean'),
    set: argsOf(context, overlay.set, (key) => at(`overlay-${key}`, ['overlay', 'set', key], 'staged')),
    rule: `overlay/${document.body.connector}.${name}`,
  };
}

function argsOf(context: CompileContext, args: Readonly<Record<string, string>>, place: (key: string) => ExpressionPlace) {
  return Object.fromEntries(Object.entries(args).map(([key, text]) => [key, expressionAt(context, place(key), text, 'any')] as const));
}
