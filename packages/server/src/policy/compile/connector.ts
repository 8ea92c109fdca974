import type { ConnectorRules } from '../../kernel/rules.ts';
import type { Valid } from '../validate.ts';
import { isSql } from './connection.ts';
import { type CompileContext, mustExist, ofKind, wrong } from './context.ts';
import { compileData } from './data.ts';
import { databaseBounds } from './database.ts';
import { compileOutsiders } from './outsiders.ts';
import { probesOf } from './probe.ts';
import { compileTool } from './tool.ts';
import { namePattern } from './values.ts';

type ConnectorDocument = Extract<Valid, { kind: 'connector' }>;

const sqlKeys = ['allowed_tables'] as const;

/** A connector as governed. One that this build cannot enforce is kept, with the reason, and its calls are refused. */
export function compileConnector(
  context: CompileContext,
  document: ConnectorDocument,
  organization: { readonly owner: string; readonly mode: ConnectorRules['mode'] },
): ConnectorRules {
  const { body } = document;
  const connections = ofKind(context, 'connection');
  const named = body.connection ?? body.connector;
  const connection = connections.find((candidate) => candidate.id === named);
  if (body.connection !== undefined)
    mustExist(
      context,
      document,
      ['connection'],
      'connection',
      body.connection,
      connections.map(({ id }) => id),
    );
  if (connection && !isSql(connection)) refuseSqlKeys(context, document);
  const mode = body.mode ?? organization.mode;
  const around = { mode, requiresApproval: body.requires_approval, probes: probesOf(document) };
  return {
    id: body.connector,
    connection: named,
    owner: body.owner ?? connection?.body.owner ?? organization.owner,
    access: body.access,
    environment: connection?.body.environment ?? 'production',
    systemOfRecord: body.system_of_record,
    requiresApproval: body.requires_approval,
    tools: new Map(Object.entries(body.tools).map(([name, tool]) => [name, compileTool(context, document, name, tool, around)])),
    resources: body.resources.map(namePattern),
    prompts: body.prompts.map(namePattern),
    outsiders: compileOutsiders(body.outsiders_write),
    mode,
    notEnforceable: notEnforceable(document, connection),
    alertRowsOver: body.audit?.alert_if_rows_returned_over,
    data: compileData(context, document),
    ...(connection && isSql(connection) && { bounds: databaseBounds(context, document) }),
  };
}

function refuseSqlKeys(context: CompileContext, document: ConnectorDocument): void {
  const { body } = document;
  for (const key of sqlKeys) {
    if (body[key] !== undefined)
      wrong(
        context,
        document,
        [key],
        `\`${key}\` needs an SQL connection; \`${body.connection ?? body.connector}\` is none, so nothing could enforce it`,
      );
  }
}

function notEnforceable(document: ConnectorDocument, connection: Extract<Valid, { kind: 'connection' }> | undefined): string | undefined {
  const { body } = document;
  if (connection) return undefined;
  const asks = sqlKeys.filter((key) => body[key] !== undefined);
  if (asks.length > 0)
    return `It asks for ${asks.join(', ')}, which only an SQL connection can enforce, and no \`connection: ${body.connector}\` document says where it leads`;
  return `No \`connection: ${body.connector}\` document says where it leads`;
}
