/** Clients put `_` in the place of what a tool's name may not hold. */
function asNamed(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, '_');
}

/**
 * Whether the tool that a client named is this one: `mcp__plugin_<plugin>_<server>__<tool>` where a plugin brought the
 * server; of a server that a person configured, only the tool can be compared.
 */
export function namesThis(
  announced: string,
  called: { readonly plugin: string; readonly connector: string; readonly tool: string },
): boolean {
  const tool = `__${asNamed(called.tool)}`;
  if (announced.startsWith('mcp__plugin_'))
    return announced === `mcp__plugin_${asNamed(called.plugin)}_${asNamed(called.connector)}${tool}`;
  return announced.startsWith('mcp__') && announced.endsWith(tool) && announced.length > 'mcp__'.length + tool.length;
}
