import type { Effect } from '@trapkey/contract/codes.ts';

/** What is known of one tool, and where from. */
export interface KnownTool {
  readonly effect: Effect;
  readonly destructive: boolean;
  readonly source: string;
}

/** A connector that many people use: what it can do as its vendor documents it. */
export interface KnownConnector {
  readonly id: string;
  /** r reads, c changes, s reaches people or systems, d destroys, x runs code, u holds outsiders' text, p holds private data. */
  readonly can: string;
  /** What it reads, in the words of a sentence. */
  readonly reads: string;
  /** Who writes what it holds. */
  readonly outsiders?: string;
  /** How something leaves through it. */
  readonly leaves?: string;
  readonly source: string;
}

const mailers = 'anyone who sends a mail';
const rows: readonly (readonly [
  hosts: RegExp,
  id: string,
  can: string,
  reads: string,
  outsiders: string,
  leaves: string,
  source: string,
])[] = [
  [
    /(^|\.)slack\.com$|\bslack\b/,
    'slack',
    'rcsup',
    'messages',
    'anyone in a shared channel',
    'messages to people',
    'https://docs.slack.dev/ai/slack-mcp-server',
  ],
  [/gmail|\bgmail\b/, 'gmail', 'rcsdup', 'mail', mailers, 'mail to anyone', 'https://developers.google.com/workspace/gmail/api/guides'],
  [
    /google[- _]?calendar|\bgcal\b|calendarmcp/,
    'google-calendar',
    'rcsdup',
    'calendars',
    'anyone who sends an invitation',
    'invitations to anyone',
    'https://developers.google.com/workspace/calendar/api/guides/overview',
  ],
  [
    /google[- _]?drive|\bgdrive\b|drivemcp/,
    'google-drive',
    'rcsup',
    'documents',
    'anyone who shares a document',
    'shared documents',
    'https://developers.google.com/workspace/drive/api/guides/about-sdk',
  ],
  [
    /microsoft[- _]?365|\bms[- _]?365\b|\bm365\b|outlook|sharepoint|onedrive/,
    'microsoft-365',
    'rcsdup',
    'mail, files and chats',
    mailers,
    'mail to anyone',
    'https://learn.microsoft.com/graph/overview',
  ],
  [
    /(^|\.)atlassian\.(com|net)$|\b(atlassian|jira|confluence)\b/,
    'atlassian',
    'rcsup',
    'issues and pages',
    'anyone who files a ticket',
    'comments that others see',
    'https://support.atlassian.com/atlassian-rovo-mcp-server/',
  ],
  [
    /(^|\.)notion\.com$|\bnotion\b/,
    'notion',
    'rcsdup',
    'pages',
    'anyone who can edit a page',
    'pages that may be public',
    'https://developers.notion.com/docs/mcp',
  ],
  [
    /(^|\.)asana\.com$|\basana\b/,
    'asana',
    'rcsup',
    'tasks',
    'anyone who may comment',
    'comments that others see',
    'https://developers.asana.com/docs/using-asanas-mcp-server',
  ],
  [
    /(^|\.)linear\.app$|\blinear\b/,
    'linear',
    'rcsup',
    'issues',
    'anyone who files an issue',
    'comments that others see',
    'https://linear.app/docs/mcp',
  ],
  [
    /(^|\.)monday\.com$|\bmonday\b/,
    'monday',
    'rcsdup',
    'boards',
    'anyone who fills in a form',
    'updates that others see',
    'https://support.monday.com/hc/en-us/articles/28588158981266',
  ],
  [
    /(^|\.)clickup\.com$|\bclickup\b/,
    'clickup',
    'rcsup',
    'tasks',
    'anyone who may comment',
    'comments that others see',
    'https://developer.clickup.com/docs/connect-an-ai-assistant-to-clickups-mcp-server',
  ],
  [
    /(^|\.)github(copilot)?\.com$|\bgithub\b/,
    'github',
    'rcsdxup',
    'repositories',
    'anyone who opens an issue',
    'public issues and pull requests',
    'https://github.com/github/github-mcp-server',
  ],
  [
    /(^|\.)gitlab\.com$|\bgitlab\b/,
    'gitlab',
    'rcsdxup',
    'repositories',
    'anyone who opens an issue',
    'public issues and merge requests',
    'https://docs.gitlab.com/user/gitlab_duo/model_context_protocol/mcp_server/',
  ],
  [
    /(^|\.)hubspot\.com$|\bhubspot\b/,
    'hubspot',
    'rcup',
    'contacts and deals',
    'anyone who fills in a form',
    '',
    'https://developers.hubspot.com/mcp',
  ],
  [
    /(^|\.)salesforce\.com$|\bsalesforce\b/,
    'salesforce',
    'rcdxup',
    'accounts and deals',
    'anyone who opens a case',
    '',
    'https://developer.salesforce.com/docs/atlas.en-us.sfdx_dev.meta/sfdx_dev/sfdx_dev_mcp.htm',
  ],
  [
    /(^|\.)intercom\.com$|\bintercom\b/,
    'intercom',
    'rup',
    'conversations with customers',
    'every customer',
    '',
    'https://developers.intercom.com/docs/guides/mcp',
  ],
  [
    /\bzendesk\b|(^|\.)zendesk\.com$/,
    'zendesk',
    'rcsup',
    'tickets',
    'every customer',
    'replies to customers',
    'https://developer.zendesk.com/api-reference/',
  ],
  [
    /(^|\.)sentry\.(io|dev)$|\bsentry\b/,
    'sentry',
    'rcup',
    'errors',
    'anyone who can cause an error',
    '',
    'https://docs.sentry.io/product/sentry-mcp/',
  ],
  [/(^|\.)stripe\.com$|\bstripe\b/, 'stripe', 'rcsdp', 'payments and customers', '', 'refunds and invoices', 'https://docs.stripe.com/mcp'],
  [
    /(^|\.)paypal\.com$|\bpaypal\b/,
    'paypal',
    'rcsdp',
    'payments',
    '',
    'payments and invoices',
    'https://developer.paypal.com/tools/mcp-server/',
  ],
  [
    /\bsnowflake\b|(^|\.)snowflakecomputing\.com$/,
    'snowflake',
    'rp',
    'the warehouse',
    '',
    '',
    'https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-agents-mcp',
  ],
  [/\bdatabricks\b/, 'databricks', 'rxp', 'the warehouse', '', '', 'https://docs.databricks.com/aws/en/generative-ai/mcp/'],
  [/\bbigquery\b/, 'bigquery', 'rcdp', 'the warehouse', '', '', 'https://cloud.google.com/bigquery/docs/use-bigquery-mcp'],
  [
    /(^|\.)supabase\.com$|\bsupabase\b/,
    'supabase',
    'rcdxup',
    'tables',
    'anyone who writes into a table',
    '',
    'https://supabase.com/docs/guides/getting-started/mcp',
  ],
  [
    /\b(postgres|postgresql|server-postgres|mysql|sqlite|dbhub)\b/,
    'sql',
    'rp',
    'tables',
    '',
    '',
    'https://github.com/modelcontextprotocol/servers-archived/tree/main/src/postgres',
  ],
  [
    /(^|\.)amplitude\.com$|\bamplitude\b/,
    'amplitude',
    'rcp',
    'product analytics',
    '',
    '',
    'https://amplitude.com/docs/amplitude-ai/amplitude-mcp',
  ],
  [
    /(^|\.)figma\.com$|\bfigma\b/,
    'figma',
    'rcup',
    'designs',
    'anyone who may comment',
    '',
    'https://help.figma.com/hc/en-us/articles/32132100833559',
  ],
  [
    /(^|\.)canva\.com$|\bcanva\b/,
    'canva',
    'rcsp',
    'designs',
    '',
    'shared designs',
    'https://www.canva.dev/docs/connect/canva-mcp-server-setup/',
  ],
  [/(^|\.)box\.com$|\bbox\b/, 'box', 'rcup', 'documents', 'anyone who shares a document', '', 'https://developer.box.com/guides/box-mcp/'],
  [
    /\b(docusign)\b|(^|\.)docusign\.com$/,
    'docusign',
    'rcsup',
    'agreements',
    'anyone who sends an envelope',
    'envelopes to anyone',
    'https://developers.docusign.com/',
  ],
  [
    /(^|\.)zapier\.com$|\bzapier\b/,
    'zapier',
    'rcsdxup',
    'whatever is connected to it',
    'whoever writes into what it reads',
    'whatever is connected to it',
    'https://zapier.com/mcp',
  ],
  [/\bn8n\b/, 'n8n', 'rcsdxup', 'workflows', 'whoever calls a webhook', 'whatever a workflow does', 'https://docs.n8n.io/'],
  [/(^|\.)fireflies\.ai$|\bfireflies\b/, 'fireflies', 'rup', 'meetings', 'everyone in a meeting', '', 'https://docs.fireflies.ai/'],
  [/(^|\.)zoom\.us$|\bzoom\b/, 'zoom', 'rcsup', 'meetings', 'everyone in a meeting', 'meeting invitations', 'https://developers.zoom.us/'],
  [/(^|\.)zoominfo\.com$|\bzoominfo\b/, 'zoominfo', 'rp', 'contacts', '', '', 'https://docs.zoominfo.com/'],
  [/(^|\.)apollo\.io$|\bapollo\b/, 'apollo', 'rcsp', 'contacts', '', 'mail sequences', 'https://docs.apollo.io/'],
  [
    /\b(playwright|puppeteer|chrome-devtools|browsermcp|browserbase|browser-use)\b/,
    'browser',
    'rcsxup',
    'web pages, signed in as you',
    'any web site',
    'any web site',
    'https://github.com/microsoft/playwright-mcp',
  ],
  [
    /\b(server-fetch|mcp-server-fetch|brave-search|tavily|exa|firecrawl|perplexity|serper)\b|(^|\.)(exa\.ai|tavily\.com|firecrawl\.dev)$/,
    'web',
    'rsu',
    'the web',
    'any web site',
    'addresses that it fetches',
    'https://github.com/modelcontextprotocol/servers/tree/main/src/fetch',
  ],
  [
    /\b(server-filesystem)\b/,
    'filesystem',
    'rcdup',
    'files of this machine',
    'whoever wrote a file',
    '',
    'https://github.com/modelcontextprotocol/servers/tree/main/src/filesystem',
  ],
  [
    /\b(desktop-?commander|shell|terminal|ssh-mcp|iterm|commander|code-?runner|e2b|jupyter|applescript|osascript)\b/,
    'shell',
    'rcsdxp',
    'this machine',
    '',
    'any command',
    'https://github.com/wonderwhy-er/DesktopCommanderMCP',
  ],
  [/\b(server-memory)\b/, 'memory', 'rcdp', 'notes', '', '', 'https://github.com/modelcontextprotocol/servers/tree/main/src/memory'],
  [/\b(server-pdf|pdf)\b/, 'pdf', 'ru', 'documents', 'whoever wrote a document', '', 'https://github.com/modelcontextprotocol/ext-apps'],
  [/\b(context7|deepwiki)\b/, 'docs', 'ru', 'public documentation', 'whoever writes it', '', 'https://github.com/upstash/context7'],
  [
    /\b(kubernetes|k8s|kubectl)\b/,
    'kubernetes',
    'rcdxup',
    'clusters',
    'whoever writes logs',
    '',
    'https://github.com/containers/kubernetes-mcp-server',
  ],
  [
    /\b(terraform|pulumi|aws|gcloud|azure|cloudflare|vercel|railway|heroku)\b|(^|\.)(cloudflare\.com|vercel\.com)$/,
    'cloud',
    'rcdxp',
    'infrastructure',
    '',
    '',
    'https://github.com/awslabs/mcp',
  ],
  [
    /\b(telegram|discord|imessage|whatsapp|signal)\b/,
    'chat',
    'rcsup',
    'messages',
    'anyone who writes to you',
    'messages to anyone',
    'https://core.telegram.org/bots/api',
  ],
  [
    /(^|\.)(pubmed|biorxiv|clinicaltrials|chembl|consensus|scholar)[\w.-]*$|\b(pubmed|biorxiv|clinical[- _]?trials|chembl|consensus|scholar[- _]?gateway|open[- _]?targets)\b/,
    'literature',
    'ru',
    'publications',
    'whoever publishes',
    '',
    'https://pubmed.ncbi.nlm.nih.gov/help/',
  ],
];

const known: readonly (KnownConnector & { readonly pattern: RegExp })[] = rows.map(
  ([pattern, id, can, reads, outsiders, leaves, source]) => ({
    pattern,
    id,
    can,
    reads,
    ...(outsiders !== '' && { outsiders }),
    ...(leaves !== '' && { leaves }),
    source,
  }),
);

/** The entry for a connector: by the host of its address, else by its name and command. A name alone proves little, so it only ever adds. */
export function knownConnector(host: string | undefined, words: string): KnownConnector | undefined {
  const byHost = host === undefined ? undefined : known.find(({ pattern }) => pattern.test(host));
  return byHost ?? known.find(({ pattern }) => pattern.test(words));
}

const tools: Readonly<Record<string, Readonly<Record<string, readonly [Effect, boolean]>>>> = {
  notion: { 'API-post-search': ['read', false], 'API-post-database-query': ['read', false] },
  sql: { query: ['read', false] },
  memory: { open_nodes: ['read', false] },
  slack: { slack_post_message: ['send', false], slack_add_reaction: ['write', false] },
  github: { merge_pull_request: ['execute', true], push_files: ['write', true] },
};

/** What the catalog says of a connector's tool, beyond what its words say. */
export function knownTool(connector: KnownConnector | undefined, name: string): KnownTool | undefined {
  const found = connector && tools[connector.id]?.[name];
  return found && { effect: found[0], destructive: found[1], source: connector.source };
}
