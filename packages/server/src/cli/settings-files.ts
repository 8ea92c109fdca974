import { hooksPath } from '../kernel/announced.ts';
import { strictMarketplaces } from './settings-governed.ts';

/** The variable that the client's hooks take their token from. */
export const tokenVariable = 'TRAPKEY_TOKEN';

/** Which hooks are written, and in which form. */
export interface HookChoice {
  /** Where clients reach the gateway, without a slash at the end. */
  readonly url: string;
  /** `command`: for machines whose client knows no HTTP hooks. */
  readonly form: 'http' | 'command';
  /** Which tools are asked for: all, or those of MCP servers alone. */
  readonly matcher: '.*' | 'mcp__.*';
  /** Where the token lies; absent: in the environment. */
  readonly tokenFile: string | undefined;
}

/** Longer than a decision with a probe takes; a person who must approve is not waited for. */
const timeoutSeconds = 15;

/** Events, whether they go by tool, and what happens when nobody answers. Order is the order of the file. */
const events = [
  { event: 'SessionStart', form: 'command', byTool: false, onFailure: 'continue' },
  { event: 'UserPromptSubmit', form: 'any', byTool: false, onFailure: 'block' },
  { event: 'PreToolUse', form: 'any', byTool: true, onFailure: 'block' },
  { event: 'PostToolUse', form: 'any', byTool: true, onFailure: 'block' },
  { event: 'PostToolUseFailure', form: 'any', byTool: true, onFailure: 'continue' },
  { event: 'SubagentStart', form: 'any', byTool: false, onFailure: 'continue' },
  { event: 'SubagentStop', form: 'any', byTool: false, onFailure: 'continue' },
  { event: 'SessionEnd', form: 'any', byTool: false, onFailure: 'continue' },
] as const;

/** The `hooks` of settings or of a plugin. */
function hooksOf(choice: HookChoice): object {
  const entries = events.map(({ event, form, byTool, onFailure }) => {
    const handler = form === 'command' || choice.form === 'command' ? commandHook(choice, onFailure) : httpHook(choice, onFailure);
    return [event, [{ ...(byTool && { matcher: choice.matcher }), hooks: [handler] }]] as const;
  });
  return Object.fromEntries(entries);
}

function httpHook({ url }: HookChoice, onFailure: 'block' | 'continue'): object {
  return {
    type: 'http',
    url: `${url}${hooksPath}`,
    headers: { Authorization: `Bearer \${${tokenVariable}}` },
    allowedEnvVars: [tokenVariable],
    timeout: timeoutSeconds,
    onFailure,
  };
}

function commandHook({ url, tokenFile }: HookChoice, onFailure: 'block' | 'continue'): object {
  const token = tokenFile === undefined ? '' : ` --token-file ${quoted(tokenFile)}`;
  return { type: 'command', command: `trapkey hook --url ${quoted(url)}${token}`, timeout: timeoutSeconds, onFailure };
}

/** A command that prints the header of a client's own requests, as JSON; the token comes from where the hooks have it. */
export function headersHelper({ tokenFile }: Pick<HookChoice, 'tokenFile'>): string {
  const token = tokenFile === undefined ? `"$${tokenVariable}"` : `"$(cat ${quoted(tokenFile)})"`;
  return `printf '{"Authorization":"Bearer %s"}' ${token}`;
}

/** For a shell: nothing of it is expanded but a home folder. */
function quoted(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Managed settings: the hooks, and what keeps a person or plugin from going around them. */
export function managedSettings(choice: HookChoice): object {
  return {
    allowManagedHooksOnly: true,
    allowedHttpHookUrls: [`${choice.url}${hooksPath}`],
    httpHookAllowedEnvVars: [tokenVariable],
    allowManagedMcpServersOnly: true,
    allowedMcpServers: [{ serverUrl: `${choice.url}/*` }],
    ...strictMarketplaces(choice.url),
    permissions: { disableBypassPermissionsMode: 'disable' },
    hooks: hooksOf(choice),
  };
}

/** The files of a small plugin that brings the hooks, for where settings cannot be managed; by path. */
export function pluginFiles(choice: HookChoice, version: string): Readonly<Record<string, string>> {
  return {
    '.claude-plugin/plugin.json': written({
      name: 'trapkey-hooks',
      version,
      description: 'Asks Trapkey before each tool call, and tells it what came of it.',
    }),
    'hooks/hooks.json': written({ description: 'Asks Trapkey before each tool call.', hooks: hooksOf(choice) }),
  };
}

/** The same choice gives the same bytes. */
export function written(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
