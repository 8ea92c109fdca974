/** A plugin's folder as its author proposes it; `campaigns` is what policy of the house names. */
export function campaignsFiles(
  version: string,
  skill = 'Look at the account first. Then draft one mail.',
): Readonly<Record<string, string>> {
  return {
    '.claude-plugin/plugin.json': JSON.stringify({ name: 'campaigns', version, description: 'Writes to customers' }),
    '.mcp.json': JSON.stringify({
      mcpServers: {
        crm: { type: 'http', url: 'https://crm.acme.example/mcp' },
        mail: { type: 'http', url: 'https://mail.acme.example/mcp' },
      },
    }),
    'skills/outreach/SKILL.md': `---\nname: outreach\ndescription: Writes to customers\n---\n${skill}\n`,
  };
}
